using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Layers.Shorthands;

/// <summary>
/// A wide residual network (Zagoruyko and Komodakis 2016): three stages of (depth - 4) / 6 blocks with 16, 32 and 64 times widen
/// channels, which drops channels between the convolutions of a block.
/// </summary>
public sealed record WideResNetLayer : NetworkShorthand
{
    public static readonly LayerType Kind = LayerType.Of<WideResNetLayer>(
        "Short for a wide residual network: three stages of (depth - 4) / 6 blocks with 16, 32 and 64 times widen channels");

    [Option("Convolutions from input to output, and the dense layer: 6 n + 4; usual: 16, 28, 34", Min = 10, Max = 1_000, Unit = "layers")]
    public int Depth { get; init; } = 28;

    [Option("Factor of the channels; usual: 4 or 10", Min = 1, Max = 64)]
    public int Widen { get; init; } = 10;

    [Option("Share of channels dropped between the two convolutions of each block; usual: 0.3; 0 is off", Min = 0, Max = 0.8, Unit = "probability")]
    public double Rate { get; init; }

    /// <summary>Why its options do not go together; null when they do.</summary>
    public override string? Contradiction => Depth % 6 == 4 ? null : $"wideResNet has a depth of 6 n + 4, such as 16, 22, 28 or 34; {Depth} is given";

    public override IReadOnlyList<LayerDefinition> Expand() => Blocks(16, [16 * Widen, 32 * Widen, 64 * Widen], (Depth - 4) / 6, Rate);
}

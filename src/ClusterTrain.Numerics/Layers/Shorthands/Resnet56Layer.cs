using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Layers.Shorthands;

/// <summary>ResNet-56 for small pictures (He et al. 2016, section 4.2), pre-activation: three stages of nine blocks, 16 to 64 channels.</summary>
public sealed record Resnet56Layer : NetworkShorthand
{
    public static readonly LayerType Kind = LayerType.Of<Resnet56Layer>(
        "Short for ResNet-56 with pre-activation: three stages of nine blocks with 16, 32 and 64 channels");

    public override IReadOnlyList<LayerDefinition> Expand() => Blocks(16, [16, 32, 64], 9, rate: 0);
}

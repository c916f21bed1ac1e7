using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Layers.Shorthands;

/// <summary>ResNet-20 for small pictures (He et al. 2016, section 4.2), pre-activation: three stages of three blocks, 16 to 64 channels.</summary>
public sealed record Resnet20Layer : NetworkShorthand
{
    public static readonly LayerType Kind = LayerType.Of<Resnet20Layer>(
        "Short for ResNet-20 with pre-activation: three stages of three blocks with 16, 32 and 64 channels");

    public override IReadOnlyList<LayerDefinition> Expand() => Blocks(16, [16, 32, 64], 3, rate: 0);
}

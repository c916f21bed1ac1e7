using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Layers.Shorthands;

/// <summary>ResNet-18 with pre-activation for small pictures: four stages of two blocks, 64 to 512 channels.</summary>
public sealed record PreActResNet18Layer : NetworkShorthand
{
    public static readonly LayerType Kind = LayerType.Of<PreActResNet18Layer>(
        "Short for ResNet-18 with pre-activation: four stages of two blocks with 64, 128, 256 and 512 channels");

    public override IReadOnlyList<LayerDefinition> Expand() => Blocks(64, [64, 128, 256, 512], 2, rate: 0);
}

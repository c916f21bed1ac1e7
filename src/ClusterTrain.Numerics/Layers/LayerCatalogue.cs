using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Numerics.Layers.Convolution;
using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Layers.Dropout;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Layers.Normalization;
using ClusterTrain.Numerics.Layers.Pooling;
using ClusterTrain.Numerics.Layers.Residual;
using ClusterTrain.Numerics.Layers.Shorthands;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Layers;

/// <summary>All kinds of layers, in the order in which users read about them. A new kind is its record and a line here.</summary>
public static class LayerCatalogue
{
    public static readonly Catalogue<LayerType> All = new(
        "layer",
        type => type.Name,
        DenseLayer.Kind,
        Conv2dLayer.Kind,
        MaxPoolLayer.Kind,
        AvgPoolLayer.Kind,
        GlobalAvgPoolLayer.Kind,
        FlattenLayer.Kind,
        ReluLayer.Kind,
        LeakyReluLayer.Kind,
        TanhLayer.Kind,
        SigmoidLayer.Kind,
        SiluLayer.Kind,
        GeluLayer.Kind,
        SoftplusLayer.Kind,
        BatchNormLayer.Kind,
        GroupNormLayer.Kind,
        LayerNormLayer.Kind,
        NormalizeLayer.Kind,
        DropConnectLayer.Kind,
        DropoutLayer.Kind,
        ResidualLayer.Kind,
        Resnet20Layer.Kind,
        Resnet56Layer.Kind,
        PreActResNet18Layer.Kind,
        WideResNetLayer.Kind);

    /// <summary>The kind of a layer.</summary>
    /// <exception cref="InvalidOperationException">It is not in the catalogue.</exception>
    public static LayerType Of(LayerDefinition layer) => All.All.First(type => type.Type == layer.GetType());
}

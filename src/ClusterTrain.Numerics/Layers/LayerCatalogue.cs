using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Numerics.Layers.Convolution;
using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Layers.Pooling;
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
        FlattenLayer.Kind,
        ReluLayer.Kind,
        LeakyReluLayer.Kind,
        TanhLayer.Kind,
        SigmoidLayer.Kind,
        BatchNormLayer.Kind,
        DropConnectLayer.Kind,
        DropoutLayer.Kind);

    /// <summary>The kind of a layer.</summary>
    /// <exception cref="InvalidOperationException">It is not in the catalogue.</exception>
    public static LayerType Of(LayerDefinition layer) => All.All.First(type => type.Type == layer.GetType());
}

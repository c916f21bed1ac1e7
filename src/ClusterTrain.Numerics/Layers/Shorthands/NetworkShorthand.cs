using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Numerics.Layers.Convolution;
using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Layers.Dropout;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Layers.Pooling;
using ClusterTrain.Numerics.Layers.Residual;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Layers.Shorthands;

/// <summary>
/// A well-known residual network, written as one layer, for which the layers that it stands for are put in when a spec is read.
/// Pre-activation blocks (He et al. 2016, Identity mappings): BN, ReLU, 3x3, BN, ReLU, 3x3; where width or stride change, the
/// shortcut is a 1x1 convolution of the activated input. No convolution has a bias. Then BN, ReLU, global average, dense.
/// </summary>
public abstract record NetworkShorthand : LayerDefinition
{
    [Option("Classes of the data set", Min = 2, Max = 65_536, Unit = "classes")]
    public int Classes { get; init; } = 10;

    [Option("How its convolutions begin: he, or default as common frameworks do, with 2.4 times smaller weights, which normalization turns into longer steps")]
    public WeightInit Init { get; init; } = WeightInit.He;

    public override bool? ReadsMaps => true;

    public override int? Scores => Classes;

    /// <summary>Why its options do not go together; null when they do.</summary>
    public virtual string? Contradiction => null;

    /// <summary>The layers that it stands for.</summary>
    public abstract IReadOnlyList<LayerDefinition> Expand();

    public override LayerPlace Place(LayerContext here) =>
        Refuses(here, $"{LayerType.NameOf(GetType())} stands for other layers, which have to be put in its place first");

    public override void Build(NetworkBuilder network, LayerPlace place) => throw new NotSupportedException("It is expanded first.");

    /// <summary>Stages of blocks, each twice as wide as the one before and, from the second on, with half the positions.</summary>
    /// <param name="stem">Channels of the first convolution.</param>
    /// <param name="widths">Channels of each stage.</param>
    /// <param name="blocks">Blocks a stage.</param>
    /// <param name="rate">Share of channels dropped between the convolutions of a block.</param>
    protected IReadOnlyList<LayerDefinition> Blocks(int stem, IReadOnlyList<int> widths, int blocks, double rate)
    {
        List<LayerDefinition> layers = [Convolution(stem, 3, 1)];
        var channels = stem;
        foreach (var (stage, width) in widths.Index())
        {
            for (var block = 0; block < blocks; block++)
            {
                var stride = stage > 0 && block == 0 ? 2 : 1;
                LayerDefinition[] first = [new BatchNormLayer(), new ReluLayer()];
                LayerDefinition[] rest =
                [
                    Convolution(width, 3, stride), new BatchNormLayer(), new ReluLayer(),
                    .. rate > 0 ? [new DropoutLayer { Rate = rate }] : Array.Empty<LayerDefinition>(), Convolution(width, 3, 1),
                ];
                if (stride == 1 && channels == width) layers.Add(new ResidualLayer { Main = [.. first, .. rest] });
                else layers.AddRange([.. first, new ResidualLayer { Main = rest, Shortcut = [Convolution(width, 1, stride)] }]);
                channels = width;
            }
        }

        return [.. layers, new BatchNormLayer(), new ReluLayer(), new GlobalAvgPoolLayer(), new DenseLayer { Units = Classes }];
    }

    private Conv2dLayer Convolution(int channels, int kernel, int stride) =>
        new() { Channels = channels, Kernel = kernel, Stride = stride, Padding = Padding.Same, Bias = false, Init = Init };
}

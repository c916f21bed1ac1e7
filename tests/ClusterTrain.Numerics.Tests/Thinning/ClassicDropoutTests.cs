using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Layers.Dropout;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Managed;
using ClusterTrain.Numerics.Replicas;
using ClusterTrain.Numerics.Tests.Reference;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Numerics.Tests.Thinning;

/// <summary>Classic dropout is the inverted one with 1 / keep folded into the weights behind it.</summary>
public sealed class ClassicDropoutTests
{
    private const double InputRate = 0.2;
    private const double HiddenRate = 0.4;
    private static readonly Network Inverted = Build(classic: false);
    private static readonly Network Classic = Build(classic: true);

    [Fact]
    public void Forward_FoldedWeights_EqualsInvertedInTrainingAndAtInference()
    {
        var sample = new Sample(new Random(601), Inverted, 5);
        var folded = Folded(sample.Parameters);
        for (var step = 0; step < 20; step++)
        {
            var (inverted, classic) = (new ReplicaMask(Inverted).Draw(1, step, 0), new ReplicaMask(Classic).Draw(1, step, 0));
            var rows = Masks.Cut(inverted.Inputs, sample.Rows, 5);
            AssertNear(Run(Inverted, sample.Parameters, inverted, rows), Run(Classic, folded, classic, rows));
        }

        AssertNear(
            Run(Inverted, sample.Parameters, new ReplicaMask(Inverted).Fill(), sample.Rows),
            Run(Classic, folded, new ReplicaMask(Classic).Fill(), sample.Rows));
    }

    [Fact]
    public void Draw_Classic_ScalesNothingInTrainingAndByKeepAtInference()
    {
        var site = Classic.Sites[1];

        Assert.Equal(1f, new ReplicaMask(Classic).Draw(1, 0, 0)[site].Scale);
        Assert.Equal(1f, new ReplicaMask(Classic).FillForTraining()[site].Scale);
        Assert.Equal((float)(1 - HiddenRate), new ReplicaMask(Classic).Fill()[site].Scale);
        Assert.True(new ReplicaMask(Classic).Fill().IsFull);
        Assert.False(new ReplicaMask(Classic).FillForTraining().IsFull);
    }

    private static Network Build(bool classic) => Network.Build(
        8,
        [
            new DropoutLayer { Rate = InputRate, Classic = classic }, new DenseLayer { Units = 12 },
            new ReluLayer(), new DropoutLayer { Rate = HiddenRate, Classic = classic },
            new DenseLayer { Units = 4 },
        ]);

    private static float[] Folded(float[] parameters)
    {
        var folded = parameters.ToArray();
        foreach (var (stage, rate) in Classic.Stages.Zip([InputRate, HiddenRate]))
            for (var i = 0; i < stage.Weight.Length; i++)
                folded[stage.Weight.Offset + i] = (float)(folded[stage.Weight.Offset + i] / (1 - rate));
        return folded;
    }

    private static float[] Run(Network network, float[] parameters, ReplicaMask mask, float[] rows)
    {
        var replica = new Replica(network, new ManagedProducts(), 5);
        replica.Bind(parameters, mask);
        return replica.Forward(rows, 5).ToArray();
    }

    private static void AssertNear(float[] expected, float[] actual) =>
        Close.AssertEqual(Masks.ToDouble(expected), actual, 1e-6, "logits");
}

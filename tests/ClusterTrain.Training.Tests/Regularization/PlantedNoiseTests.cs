using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Optimizers;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Managed;
using ClusterTrain.Numerics.Randomness;
using ClusterTrain.Numerics.Tensors;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Serial;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Tests.Regularization;

/// <summary>Features that say nothing, planted among some that do: L1 leaves the weights of the first at exactly 0.</summary>
public sealed class PlantedNoiseTests
{
    private const int Features = 16;
    private const int Telling = 4;
    private const int Rows = 400;

    [Fact]
    public void Train_WithL1_EndsWithExactlyTheTellingFeatures()
    {
        var weights = Train(l1: 0.03);

        Assert.All(Enumerable.Range(Telling, Features - Telling), feature => Assert.All(Of(weights, feature), weight => Assert.Equal(0f, weight)));
        Assert.All(Enumerable.Range(0, Telling), feature => Assert.Contains(Of(weights, feature), weight => Math.Abs(weight) > 0.1f));
    }

    [Fact]
    public void Train_WithoutL1_LeavesNoWeightAtZero() => Assert.DoesNotContain(0f, Train(l1: 0));

    private static IEnumerable<float> Of(float[] weights, int feature) => [weights[feature], weights[Features + feature]];

    private static float[] Train(double l1)
    {
        var spec = new RunSpec
        {
            Epochs = 40,
            Network = new NetworkSpec { Layers = [new DenseLayer { Units = 2 }] },
            Batch = new BatchSpec { Size = 100, Shards = 4 },
            Optimizer = new OptimizerSpec { Type = new SgdRule(), LearningRate = 0.5 },
            Regularization = new RegularizationSpec { L1 = l1 },
        };
        var data = new Dataset("planted", [Features], 2, Draw(0), Draw(1), Draw(2), new string('0', 64));
        var context = new RunContext(spec, data, () => new ManagedProducts());
        var model = new SerialTrainer(context).Train(RunState.Initial(context.Plan)).Model;
        return model.Parameters.Span[..(2 * Features)].ToArray();
    }

    // The class shows in the first features; all others are noise.
    private static Examples Draw(int split)
    {
        var inputs = new AlignedBuffer(Rows * Features);
        new RandomStream(3, RandomPurpose.Glyphs, split).FillUniform(inputs.Span, 0f, 1f);
        var labels = new byte[Rows];
        for (var row = 0; row < Rows; row++)
        {
            labels[row] = (byte)(row & 1);
            for (var i = 0; i < Telling; i++)
                inputs.Span[(row * Features) + i] = (0.6f * inputs.Span[(row * Features) + i]) + (0.4f * labels[row]);
        }

        return new Examples(inputs, labels, Features);
    }
}

using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Layers.Dropout;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Managed;
using ClusterTrain.Numerics.Replicas;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Training.Tests.Work;

/// <summary>A small network at a high rate sometimes keeps none of a site: rare, lawful, and worth the full formula.</summary>
public sealed class EmptySiteTests
{
    private static readonly Network Network = Network.Build(
        3,
        [
            new DropoutLayer { Rate = 0.5 },
            new DenseLayer { Units = 4 }, new ReluLayer(), new DropoutLayer { Rate = 0.5 },
            new DenseLayer { Units = 2 },
        ]);

    private static readonly float[] Parameters =
        [.. Enumerable.Range(0, Network.ParameterCount).Select(i => ((i * 7) % 11 - 5) / 8f)];

    [Fact]
    public void Gradient_NoHiddenUnitKept_IsThatOfTheLastBias()
    {
        var replica = Bound([0, 1, 2], []);
        var (gradient, logits) = (new float[2], replica.Forward(Rows(2, 3), 2).ToArray());

        replica.Gradient(Rows(2, 3), [0, 1], 0f, gradient, new float[2], new byte[2]);

        Assert.Equal([Parameters[^2], Parameters[^1], Parameters[^2], Parameters[^1]], logits);
        var first = 1 / (1 + Math.Exp(Parameters[^1] - Parameters[^2]));
        Assert.Equal(first - 0.5, gradient[0], 1e-6);
        Assert.Equal(0.5 - first, gradient[1], 1e-6);
    }

    [Fact]
    public void Gradient_NoInputKept_ReachesTheFirstBias()
    {
        var replica = Bound([], [0, 1, 2, 3]);
        var gradient = new float[4 + (2 * 4) + 2];

        replica.Gradient([], [1], 0f, gradient, new float[1], new byte[1]);

        var hidden = Parameters.AsSpan(12, 4).ToArray().Select(bias => 2 * Math.Max(bias, 0f)).ToArray();
        var logits = Enumerable.Range(0, 2).Select(o => Parameters[^(2 - o)] + hidden.Select((h, i) => h * Parameters[16 + (4 * o) + i]).Sum()).ToArray();
        var error = 1 / (1 + Math.Exp(logits[1] - logits[0]));
        for (var i = 0; i < 4; i++)
        {
            var slope = hidden[i] > 0 ? 2 * error * (Parameters[16 + i] - Parameters[20 + i]) : 0;
            Assert.Equal(slope, gradient[i], 1e-5);
            Assert.Equal(error * hidden[i], gradient[4 + i], 1e-5);
        }
    }

    [Fact]
    public void InputGradient_NoHiddenUnitKept_IsZero()
    {
        var gradient = new float[6];
        Array.Fill(gradient, 9f);

        Bound([0, 1, 2], []).InputGradient(Rows(2, 3), [0, 1], gradient);

        Assert.Equal(new float[6], gradient);
    }

    private static Replica Bound(int[] inputs, int[] hidden)
    {
        var replica = new Replica(Network, new ManagedProducts(), 2);
        replica.Bind(Parameters, new ReplicaMask(Network).Set([inputs, hidden, [0, 1]]));
        return replica;
    }

    private static float[] Rows(int rows, int features) => [.. Enumerable.Range(1, rows * features).Select(i => i / 8f)];
}

using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Managed;
using ClusterTrain.Numerics.Tests.Reference;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Numerics.Tests.Replicas;

public sealed class ReplicaTests
{
    [Fact]
    public void Run_FullNetworks_EqualsTheDefinition()
    {
        var random = new Random(501);
        for (var i = 0; i < 40; i++)
        {
            var sample = Sample.Draw(random);
            var mask = new ReplicaMask(sample.Network).Fill();
            var run = sample.Run(sample.Bind(new ManagedProducts(), mask), mask, sample.Rows, 0.1f);
            var (rows, none) = (Masks.ToDouble(sample.Rows), Masks.None(sample.Network));
            var training = sample.Naive.Run(rows, sample.Labels, none, 0.1f, 1.0 / sample.Batch);

            Close.AssertEqual(training.Logits, run.Logits, 1e-5, $"logits of network {i}");
            Close.AssertEqual(training.Losses, run.Losses, 1e-5, $"losses of network {i}");
            Close.AssertEqual(training.Gradient, run.Gradient, 1e-5, $"gradient of network {i}");
            Close.AssertEqual(
                sample.Naive.Run(rows, sample.Labels, none).InputGradient, run.InputGradient, 1e-5, $"inputs of network {i}");
        }
    }

    [Fact]
    public void Gradient_Predictions_AreTheLargestLogits()
    {
        var sample = new Sample(new Random(503), Sample.Mlp([(20, 0), (15, 0)], 6), 200);
        foreach (ref var parameter in sample.Parameters.AsSpan())
            parameter *= 8; // sharp enough for rows to be of several classes
        var replica = sample.Full();
        var logits = replica.Forward(sample.Rows, 200).ToArray();
        var predictions = new byte[200];
        replica.Gradient(
            sample.Rows, sample.Labels, 0, new float[sample.Network.ParameterCount], new float[200], predictions);

        Assert.Equal(logits.Chunk(6).Select(row => (byte)Array.IndexOf(row, row.Max())), predictions);
        Assert.True(predictions.Distinct().Count() > 1);
    }

    [Fact]
    public void Losses_Rows_AreThoseOfTheGradientWithoutSmoothing()
    {
        var sample = new Sample(new Random(505), Sample.Mlp([(20, 0.2), (15, 0.5)], 6), 12);
        var mask = new ReplicaMask(sample.Network).Draw(1, 1, 1);
        var rows = Masks.Cut(mask.Inputs, sample.Rows, 12);
        var replica = sample.Bind(new ManagedProducts(), mask);
        var losses = new float[12];
        replica.Losses(rows, sample.Labels, losses);

        Bits.AssertEqual(sample.Run(replica, mask, rows).Losses, losses, "losses");
    }

    [Fact]
    public void InputGradient_RowInABatch_IsThatOfTheRowAlone()
    {
        // Shards attack batches, evaluation other batches: a row's own gradient must not see its neighbours.
        var sample = new Sample(new Random(507), Sample.Mlp([(20, 0), (33, 0)], 6), 12);
        var replica = sample.Full();
        var together = new float[sample.Rows.Length];
        replica.InputGradient(sample.Rows, sample.Labels, together);
        for (var row = 0; row < 12; row++)
        {
            var alone = new float[20];
            replica.InputGradient(sample.Rows.AsSpan(row * 20, 20), sample.Labels.AsSpan(row, 1), alone);
            Bits.AssertEqual(together.AsSpan(row * 20, 20), alone, $"row {row}");
        }
    }

    [Fact]
    public void Gradient_OverwritesWhatWasThere()
    {
        var sample = new Sample(new Random(509), Sample.Mlp([(20, 0), (15, 0)], 6), 12);
        var gradient = new float[sample.Network.ParameterCount];
        Array.Fill(gradient, float.NaN);
        sample.Full().Gradient(sample.Rows, sample.Labels, 0, gradient, new float[12], new byte[12]);

        Assert.All(gradient, value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Gradient_NaNInAParameter_ShowsInLossAndGradient()
    {
        var sample = new Sample(new Random(511), Sample.Mlp([(20, 0), (15, 0)], 6), 12);
        sample.Parameters[sample.Network.Stages[0].Bias.Offset + 3] = float.NaN;
        var mask = new ReplicaMask(sample.Network).Fill();
        var run = sample.Run(sample.Full(), mask, sample.Rows);

        Assert.All(run.Losses, loss => Assert.True(float.IsNaN(loss)));
        Assert.Contains(run.Gradient, float.IsNaN);
    }

    [Fact]
    public void Bind_NewParameters_PacksThemAgain()
    {
        var sample = new Sample(new Random(513), Sample.Mlp([(20, 0), (15, 0)], 6), 12);
        var other = new Sample(new Random(514), sample.Network, 12);
        var mask = new ReplicaMask(sample.Network).Fill();
        var replica = sample.Full();
        sample.Run(replica, mask, sample.Rows);
        replica.Bind(other.Parameters, mask);

        Bits.AssertEqual(
            other.Run(other.Full(), mask, other.Rows).InputGradient, other.Run(replica, mask, other.Rows).InputGradient,
            "input gradient");
    }
}

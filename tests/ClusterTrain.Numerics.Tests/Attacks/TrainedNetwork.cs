using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Losses;
using ClusterTrain.Numerics.Optimizers;
using ClusterTrain.Numerics.Replicas;
using ClusterTrain.Numerics.Tests.Optimizers;
using ClusterTrain.Numerics.Tests.Reference;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Numerics.Tests.Attacks;

/// <summary>A small network that has learned which of its inputs' parts, by default thirds, is brightest: a surface worth attacking.</summary>
internal sealed class TrainedNetwork
{
    public const int Inputs = 18;
    private readonly int _classes;

    public TrainedNetwork(int seed, int batch, int classes = 3)
    {
        _classes = classes;
        var random = new Random(seed);
        var sample = new Sample(random, Sample.Mlp([(Inputs, 0), (24, 0), (16, 0)], classes), 400);
        var run = new OptimizerRun(new AdamRule(), sample.Parameters);
        var (replica, mask) = (sample.Full(), new ReplicaMask(sample.Network).Fill());
        byte[] labels = [.. sample.Rows.Chunk(Inputs).Select(Label)];
        var gradient = new float[sample.Network.ParameterCount];
        var losses = new float[400];
        for (var step = 1; step <= 150; step++)
        {
            replica.Bind(run.Weights, mask);
            replica.Gradient(sample.Rows, labels, 0, gradient, losses, new byte[400]);
            run.Apply(new UpdateFactors(1f, 0.01) { Step = step }, gradient, penalized: true);
        }

        Assert.True(losses.Average() < 0.1 * classes, "the network has not learned");
        replica.Bind(run.Weights, mask);
        Surface = replica;
        Rows = sample.Rows[..(batch * Inputs)];
        Labels = labels[..batch];
    }

    public Replica Surface { get; }

    public float[] Rows { get; }

    public byte[] Labels { get; }

    public float[] Attack(BallAttack attack, AttackStart start = default) => Attack(new AttackPlan(attack), start);

    public float[] Attack(AttackPlan plan, AttackStart start = default) => Attacked.Run(Surface, plan, Rows, Labels, start);

    public float[] Losses(float[] rows)
    {
        var losses = new float[Labels.Length];
        Surface.Losses(rows, Labels, losses);
        return losses;
    }

    /// <summary>Whether each row is classified right.</summary>
    public bool[] Right(float[] rows) =>
        [.. Surface.Logits(rows, Labels.Length).ToArray().Chunk(_classes).Select((z, row) => SoftmaxCrossEntropy.Predict(z) == Labels[row])];

    private byte Label(float[] row)
    {
        var sums = row.Chunk(Inputs / _classes).Select(part => part.Sum()).ToArray();
        return (byte)Array.IndexOf(sums, sums.Max());
    }
}

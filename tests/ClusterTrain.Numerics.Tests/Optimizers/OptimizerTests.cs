using ClusterTrain.Numerics.Optimizers;
using ClusterTrain.Numerics.Tests.Reference;

namespace ClusterTrain.Numerics.Tests.Optimizers;

public sealed class OptimizerTests
{
    private static readonly OptimizerRule Sgd = new SgdRule();
    private static readonly OptimizerRule Momentum = new MomentumRule();
    private static readonly OptimizerRule Nesterov = new NesterovRule();
    private static readonly OptimizerRule Adam = new AdamRule();

    public static TheoryData<OptimizerRule, bool> Rules =>
        new MatrixTheoryData<OptimizerRule, bool>([Sgd, Momentum, Nesterov, Adam], [true, false]);

    [Theory]
    [MemberData(nameof(Rules))]
    public void Apply_SeveralSteps_FollowsTheDefinition(OptimizerRule rule, bool penalized)
    {
        UpdateFactors[] settings =
        [
            new(0.25f, 0.05), new(1f, 0.05, L2: 0.02), new(1f, 0.05, WeightDecay: 0.3), new(0.5f, 0.05, L1: 0.2),
            new(0.125f, 0.05, L2: 0.02, WeightDecay: 0.3, L1: 0.2),
        ];
        foreach (var factors in settings)
        {
            var random = new Random(701);
            var run = new OptimizerRun(rule, Sample.Values(random, 37, -1, 1));
            var weights = Masks.ToDouble(run.Weights);
            var naive = weights.Select(_ => new NaiveOptimizer(rule)).ToArray();
            for (var step = 1; step <= 12; step++)
            {
                var gradient = Sample.Values(random, 37, -1, 1);
                var now = factors with { Step = step, LearningRate = factors.LearningRate * step };
                run.Apply(now, gradient, penalized);
                for (var i = 0; i < 37; i++)
                    weights[i] = naive[i].Step(weights[i], gradient[i], now, penalized);
                Close.AssertEqual(weights, run.Weights, 1e-5, $"{rule}, {now}");
            }
        }
    }

    [Fact]
    public void Apply_L2WithoutGradient_ShrinksByTheExactFactor()
    {
        // Powers of two, so that nothing is rounded: 1 - 2 * 0.25 * 0.125 = 0.9375.
        var run = new OptimizerRun(Sgd, [1, -2, 0.5f, 3, 0, -0.25f, 8, 16, 5, 7]);
        run.Apply(new UpdateFactors(1f, 0.25, L2: 0.125), new float[10], penalized: true);

        Assert.Equal([0.9375f, -1.875f, 0.46875f, 2.8125f, 0, -0.234375f, 7.5f, 15, 4.6875f, 6.5625f], run.Weights);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Apply_WeightDecayWithoutGradient_ShrinksByTheExactFactorUnderEveryRule(OptimizerRule rule, bool penalized)
    {
        var run = new OptimizerRun(rule, [1, -2, 4]);
        run.Apply(new UpdateFactors(1f, 0.25, WeightDecay: 0.5), new float[3], penalized);

        Assert.Equal(penalized ? [0.875f, -1.75f, 3.5f] : [1, -2, 4], run.Weights);
        Assert.All(run.Moment1, moment => Assert.Equal(0f, moment));
    }

    [Fact]
    public void Apply_L2UnderAdam_IsCoupledAndNotTheDecoupledDecay()
    {
        // Adam's first step is the learning rate times the gradient's sign: the size of a coupled penalty vanishes in it.
        var coupled = new OptimizerRun(Adam, [1f, 4f]);
        coupled.Apply(new UpdateFactors(1f, 0.01, L2: 0.25), [0f, 0f], penalized: true);

        Assert.Equal([0.99, 3.99], coupled.Weights.Select(w => Math.Round(w, 5)));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Apply_L1_EndsAtExactZeroWithoutGradient(OptimizerRule rule, bool penalized)
    {
        var run = new OptimizerRun(rule, [0.3f, -0.3f, 0.05f, -1f, 0f]);
        for (var step = 1; step <= 4; step++)
            run.Apply(new UpdateFactors(1f, 0.5, L1: 0.25) { Step = step }, new float[5], penalized);

        Assert.Equal(penalized ? [0, 0, 0, -0.5f, 0] : [0.3f, -0.3f, 0.05f, -1f, 0f], run.Weights);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Apply_Biases_KnowNoPenalty(OptimizerRule rule, bool penalized)
    {
        float[] weights = [1, -2, 3], gradient = [0.1f, 0.2f, -0.3f];
        var (with, without) = (new OptimizerRun(rule, weights), new OptimizerRun(rule, weights));
        with.Apply(new UpdateFactors(1f, 0.1, L2: 0.1, WeightDecay: 0.1, L1: 0.1), gradient, penalized);
        without.Apply(new UpdateFactors(1f, 0.1), gradient, penalized);

        Assert.Equal(!penalized, with.Weights.SequenceEqual(without.Weights));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Apply_DividedIntoOddPieces_SameBitsAsInOneRun(OptimizerRule rule, bool penalized)
    {
        var random = new Random(703);
        for (var round = 0; round < 20; round++)
        {
            var count = 1 + random.Next(200);
            var weights = Sample.Values(random, count, -1, 1);
            var (whole, pieces) = (new OptimizerRun(rule, weights), new OptimizerRun(rule, weights));
            for (var step = 1; step <= 3; step++)
            {
                var factors = new UpdateFactors(0.3f, 0.07, 0.011, 0.13, 0.017) { Step = step };
                var gradient = Sample.Values(random, count, -1, 1);
                whole.Apply(factors, gradient, penalized);
                for (var start = 0; start < count;)
                {
                    var length = Math.Min(1 + random.Next(20), count - start);
                    pieces.Apply(factors, gradient, penalized, start, length);
                    start += length;
                }

                pieces.Commit();
                Bits.AssertEqual(whole.Weights, pieces.Weights, "weights");
                Bits.AssertEqual(whole.Moment1, pieces.Moment1, "first moment");
                Bits.AssertEqual(whole.Moment2, pieces.Moment2, "second moment");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Apply_NaNInTheGradient_ShowsInTheWeight(OptimizerRule rule, bool penalized)
    {
        foreach (var l1 in (double[])[0, 0.5])
        {
            foreach (var position in (int[])[0, 17])
            {
                var run = new OptimizerRun(rule, new float[18]);
                var gradient = new float[18];
                gradient[position] = float.NaN;
                run.Apply(new UpdateFactors(1f, 0.1, L1: l1), gradient, penalized);

                Assert.True(float.IsNaN(run.Weights[position]));
                Assert.Equal(17, run.Weights.Count(w => w == 0));
            }
        }
    }

    [Fact]
    public void Apply_IntoTheWeightsThemselves_SameBits()
    {
        var random = new Random(705);
        float[] weights = Sample.Values(random, 45, -1, 1), gradient = Sample.Values(random, 45, -1, 1);
        var updated = new float[45];
        var factors = new UpdateFactors(1f, 0.1, L2: 0.1, L1: 0.01);
        Sgd.Apply(factors, true, weights, gradient, [], [], updated);
        Sgd.Apply(factors, true, weights, gradient, [], [], weights);

        Bits.AssertEqual(updated, weights, "weights");
    }
}

using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Losses;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Tests.Reference;
using FsCheck;
using FsCheck.Fluent;

namespace ClusterTrain.Numerics.Tests.Attacks;

/// <summary>What every evaluation attack promises, whatever it does inside.</summary>
public sealed class EvaluationAttackTests
{
    private static readonly TrainedNetwork Trained = new(1, 60, classes: 6);

    public static TheoryData<AttackAlgorithm, AttackNorm> Attacks => EvaluationPlans.All;

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Run_AnyRowsImageAndEpsilon_StaysInTheBallAndInRange(AttackAlgorithm algorithm, AttackNorm norm) =>
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue).ToArbitrary(),
            seed =>
            {
                var random = new Random(seed);
                var image = random.Next(4) == 0 ? default : new MapShape(1 + random.Next(3), 2 + random.Next(7), 2 + random.Next(7));
                var features = image.Features > 0 ? image.Features : 1 + random.Next(30);
                var model = new LinearModel(
                    [.. Enumerable.Range(0, 5).Select(_ => Sample.Values(random, features, -1, 1))], Sample.Values(random, 5, -1, 1));
                float[] rows = [.. Sample.Values(random, 3 * features, -0.5, 1.5).Select(pixel => Math.Clamp(pixel, 0f, 1f))];
                var epsilon = random.Next(5) == 0 ? 0 : (float)Math.Pow(10, -3 + (4 * random.NextDouble()));
                var plan = EvaluationPlans.Of(algorithm, norm, epsilon, image.Features > 0 ? image : null) with
                {
                    Restarts = 1 + random.Next(2), RandomStart = random.Next(2) == 0, Steps = 1 + random.Next(25), Queries = 1 + random.Next(40),
                    Keep = random.Next(2) == 0 ? KeptIterate.Worst : KeptIterate.FirstMistake,
                };
                var adversarial = Attacked.Run(model, plan, rows, [0, 1, 4], new AttackStart(seed, 1, 2));
                Attacked.AssertWithin(norm, epsilon, rows, adversarial, features);
            }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Run_SameStart_SameBits_OtherStartOtherRows(AttackAlgorithm algorithm, AttackNorm norm)
    {
        var plan = EvaluationPlans.Of(algorithm, norm, 0.05f) with { Restarts = 2 };
        var loop = new AttackLoop();
        var used = new float[Trained.Rows.Length];
        loop.Run(Trained.Surface, plan, Trained.Rows, Trained.Labels, new AttackStart(9, 9, 9), used);
        var other = (float[])used.Clone();
        loop.Run(Trained.Surface, plan, Trained.Rows, Trained.Labels, new AttackStart(1, 2, 3), used);

        Bits.AssertEqual(Trained.Attack(plan, new AttackStart(1, 2, 3)), used, "a loop used before");
        Assert.NotEqual(other, used);
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Run_ManyRows_IsEachRowAlone(AttackAlgorithm algorithm, AttackNorm norm)
    {
        foreach (var keep in (KeptIterate[])[KeptIterate.Worst, KeptIterate.FirstMistake])
        {
            var plan = EvaluationPlans.Of(algorithm, norm, 0.1f) with { Restarts = 2, Keep = keep };
            var start = new AttackStart(1, 2, 3);
            var together = Trained.Attack(plan, start);
            const int features = TrainedNetwork.Inputs;
            for (var row = 0; row < Trained.Labels.Length; row++)
            {
                var alone = new float[features];
                new AttackLoop().Run(
                    Trained.Surface, plan, Trained.Rows.AsSpan(row * features, features), Trained.Labels.AsSpan(row, 1), start, alone,
                    places: [row]);
                Bits.AssertEqual(together.AsSpan(row * features, features).ToArray(), alone, $"row {row}, {keep}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Run_FirstMistake_LeavesTheSameRowsRightAsTheWorstIterate(AttackAlgorithm algorithm, AttackNorm norm)
    {
        var plan = EvaluationPlans.Of(algorithm, norm, norm == AttackNorm.Linf ? 0.06f : 0.2f) with { Restarts = 2 };
        var worst = Trained.Right(Trained.Attack(plan));
        var first = Trained.Right(Trained.Attack(plan with { Keep = KeptIterate.FirstMistake }));

        Assert.Equal(worst, first);
        Assert.Contains(true, worst);
        Assert.Contains(false, worst);
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Run_EpsilonZero_LeavesTheRows(AttackAlgorithm algorithm, AttackNorm norm) =>
        Bits.AssertEqual(Trained.Rows, Trained.Attack(EvaluationPlans.Of(algorithm, norm, 0)), "rows");

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Run_MoreRestarts_NeverMendARow(AttackAlgorithm algorithm, AttackNorm norm)
    {
        var plan = EvaluationPlans.Of(algorithm, norm, norm == AttackNorm.Linf ? 0.06f : 0.2f);
        var (few, many) = (Trained.Right(Trained.Attack(plan)), Trained.Right(Trained.Attack(plan with { Restarts = 4 })));

        Assert.All(few.Zip(many), row => Assert.True(row.First || !row.Second));
    }

    [Theory]
    [InlineData(AttackNorm.Linf, 0.02f)]
    [InlineData(AttackNorm.Linf, 0.1f)]
    [InlineData(AttackNorm.L2, 0.1f)]
    [InlineData(AttackNorm.L2, 0.4f)]
    public void Run_ApgdOnCrossEntropy_IsAtLeastAsStrongAsPgdOfEqualSteps(AttackNorm norm, float epsilon)
    {
        var pgd = EvaluationPlans.Of(AttackAlgorithm.Pgd, norm, epsilon) with { Momentum = 0, Steps = 40, StepSize = epsilon / 4 };
        var apgd = pgd with { Algorithm = AttackAlgorithm.ApgdCrossEntropy };

        Assert.InRange(
            Trained.Losses(Trained.Attack(apgd)).Average(), Trained.Losses(Trained.Attack(pgd)).Average() * 0.9999, double.MaxValue);
    }

    [Theory]
    [InlineData(AttackNorm.Linf)]
    [InlineData(AttackNorm.L2)]
    public void Run_Pgd_WorstIterateIsNeverBelowTheLast_AndFallsBackToItWhereNothingIsMistaken(AttackNorm norm)
    {
        // Steps as long as the ball is wide jump about, so that the last iterate is seldom the best.
        var plan = Attacked.Plan(norm, 0.3f, 0.6f, 9);
        var (last, worst) = (Trained.Attack(plan), Trained.Attack(plan with { Keep = KeptIterate.Worst }));
        var (lastLoss, worstLoss) = (Trained.Losses(last), Trained.Losses(worst));
        var (lastRight, worstRight) = (Trained.Right(last), Trained.Right(worst));

        for (var row = 0; row < lastLoss.Length; row++)
        {
            Assert.True(lastRight[row] || !worstRight[row], $"row {row} was mended");
            if (lastRight[row] == worstRight[row]) Assert.True(worstLoss[row] >= lastLoss[row], $"row {row} lost");
        }

        Assert.Contains(true, worstLoss.Zip(lastLoss, (a, b) => a > b));
    }

    [Theory]
    [InlineData(AttackNorm.Linf)]
    [InlineData(AttackNorm.L2)]
    public void Run_PgdWithMoreSteps_NeverMendsARowOrLowersItsLoss(AttackNorm norm)
    {
        var plan = EvaluationPlans.Of(AttackAlgorithm.Pgd, norm, 0.1f);
        var (before, right) = (new float[Trained.Labels.Length], Enumerable.Repeat(true, Trained.Labels.Length).ToArray());
        for (var steps = 1; steps <= 24; steps += 4)
        {
            var adversarial = Trained.Attack(plan with { Steps = steps });
            var (losses, still) = (Trained.Losses(adversarial), Trained.Right(adversarial));
            for (var row = 0; row < losses.Length; row++)
            {
                Assert.True(right[row] || !still[row]);
                if (right[row] == still[row]) Assert.True(losses[row] >= before[row]);
            }

            (before, right) = (losses, still);
        }
    }

    [Fact]
    public void Run_LogitsSoLargeThatCrossEntropyVanishes_PgdFailsAndScoreRatiosAndSquareDoNot()
    {
        float[] slope = [0.5f, -0.75f, 1, 0.25f, -1, 0.5f];
        var masked = new LinearModel(
            [slope, [.. slope.Select(s => -s)], new float[6], new float[6]], [0.2f, -0.2f, -30, -31], scale: 1e4f);
        float[] row = [0.6f, 0.4f, 0.6f, 0.5f, 0.4f, 0.5f];
        bool IsBroken(AttackAlgorithm algorithm)
        {
            var plan = EvaluationPlans.Of(algorithm, AttackNorm.Linf, 0.3f) with { RandomStart = false, Queries = 300 };
            return SoftmaxCrossEntropy.Predict(masked.Logits(Attacked.Run(masked, plan, row, [0]), 1)) != 0;
        }

        Assert.False(IsBroken(AttackAlgorithm.Pgd));
        Assert.False(IsBroken(AttackAlgorithm.ApgdCrossEntropy));
        Assert.True(IsBroken(AttackAlgorithm.ApgdDlr));
        Assert.True(IsBroken(AttackAlgorithm.ApgdTargetedDlr));
        Assert.True(IsBroken(AttackAlgorithm.Square));
    }

    [Fact]
    public void Run_LastIterateOfAnotherAlgorithmThanPgd_IsRefused() => Assert.Throws<ArgumentException>(() =>
        Trained.Attack(EvaluationPlans.Of(AttackAlgorithm.Square, AttackNorm.Linf, 0.1f) with { Keep = KeptIterate.Last }));
}

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

    public static TheoryData<string, AttackNorm> Attacks => EvaluationPlans.All;

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Run_AnyRowsImageAndEpsilon_StaysInTheBallAndInRange(string method, AttackNorm norm) =>
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
                var attack = EvaluationPlans.Of(method, norm, epsilon).With(
                    restarts: 1 + random.Next(2), start: random.Next(2) == 0, steps: 1 + random.Next(25), queries: 1 + random.Next(40));
                var plan = new AttackPlan(
                    attack, random.Next(2) == 0 ? KeptIterate.Worst : KeptIterate.FirstMistake, image.Features > 0 ? image : null);
                var adversarial = Attacked.Run(model, plan, rows, [0, 1, 4], new AttackStart(seed, 1, 2));
                Attacked.AssertWithin(norm, epsilon, rows, adversarial, features);
            }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Run_SameStart_SameBits_OtherStartOtherRows(string method, AttackNorm norm)
    {
        var plan = EvaluationPlans.Of(method, norm, 0.05f).With(restarts: 2).Worst();
        var loop = new AttackLoop();
        var used = new float[Trained.Rows.Length];
        loop.Run(Trained.Surface, plan, Trained.Rows, Trained.Labels, new AttackStart(9, 9, 9), used);
        var other = (float[])used.Clone();
        loop.Run(Trained.Surface, plan, Trained.Rows, Trained.Labels, new AttackStart(1, 2, 3), used);

        Bits.AssertEqual(Trained.Attack(plan, new AttackStart(1, 2, 3)), used, "a loop used before");
        // FAB's first run at a target starts at the row itself, and finds all that is to be found here.
        if (plan.Attack is not FabTargetedAttack) Assert.NotEqual(other, used);
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Run_ManyRows_IsEachRowAlone(string method, AttackNorm norm)
    {
        foreach (var keep in (KeptIterate[])[KeptIterate.Worst, KeptIterate.FirstMistake])
        {
            var plan = new AttackPlan(EvaluationPlans.Of(method, norm, 0.1f).With(restarts: 2), keep);
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
    public void Run_FirstMistake_LeavesTheSameRowsRightAsTheWorstIterate(string method, AttackNorm norm)
    {
        var plan = EvaluationPlans.Of(method, norm, norm == AttackNorm.Linf ? 0.06f : 0.2f).With(restarts: 2).Worst();
        var worst = Trained.Right(Trained.Attack(plan));
        var first = Trained.Right(Trained.Attack(plan with { Keep = KeptIterate.FirstMistake }));

        Assert.Equal(worst, first);
        Assert.Contains(true, worst);
        Assert.Contains(false, worst);
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Run_EpsilonZero_LeavesTheRows(string method, AttackNorm norm) =>
        Bits.AssertEqual(Trained.Rows, Trained.Attack(EvaluationPlans.Of(method, norm, 0).Worst()), "rows");

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Run_MoreRestarts_NeverMendARow(string method, AttackNorm norm)
    {
        var attack = EvaluationPlans.Of(method, norm, norm == AttackNorm.Linf ? 0.06f : 0.2f);
        var few = Trained.Right(Trained.Attack(attack.Worst()));
        var many = Trained.Right(Trained.Attack(attack.With(restarts: 4).Worst()));

        Assert.All(few.Zip(many), row => Assert.True(row.First || !row.Second));
    }

    [Theory]
    [InlineData(AttackNorm.Linf, 0.02f)]
    [InlineData(AttackNorm.Linf, 0.1f)]
    [InlineData(AttackNorm.L2, 0.1f)]
    [InlineData(AttackNorm.L2, 0.4f)]
    public void Run_ApgdOnCrossEntropy_IsAtLeastAsStrongAsPgdOfEqualSteps(AttackNorm norm, float epsilon)
    {
        var pgd = new PgdAttack { Norm = norm, Epsilon = epsilon, Steps = 40, StepSize = epsilon / 4 }.Worst();
        var apgd = new ApgdCeAttack { Norm = norm, Epsilon = epsilon, Steps = 40 }.Worst();

        Assert.InRange(
            Trained.Losses(Trained.Attack(apgd)).Average(), Trained.Losses(Trained.Attack(pgd)).Average() * 0.9999, double.MaxValue);
    }

    [Theory]
    [InlineData(AttackNorm.Linf)]
    [InlineData(AttackNorm.L2)]
    public void Run_Pgd_WorstIterateIsNeverBelowTheLast_AndFallsBackToItWhereNothingIsMistaken(AttackNorm norm)
    {
        // Steps as long as the ball is wide jump about, so that the last iterate is seldom the best.
        var plan = new AttackPlan(Attacked.Pgd(norm, 0.3f, 0.6f, 9));
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
        var attack = EvaluationPlans.Of("pgd", norm, 0.1f);
        var (before, right) = (new float[Trained.Labels.Length], Enumerable.Repeat(true, Trained.Labels.Length).ToArray());
        for (var steps = 1; steps <= 24; steps += 4)
        {
            var adversarial = Trained.Attack(attack.With(steps: steps).Worst());
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
        bool IsBroken(string method)
        {
            var plan = EvaluationPlans.Of(method, AttackNorm.Linf, 0.3f).With(start: false, queries: 300).Worst();
            return SoftmaxCrossEntropy.Predict(masked.Logits(Attacked.Run(masked, plan, row, [0]), 1)) != 0;
        }

        Assert.False(IsBroken("pgd"));
        Assert.False(IsBroken("apgdCe"));
        Assert.True(IsBroken("apgdDlr"));
        Assert.True(IsBroken("apgdTargeted"));
        Assert.True(IsBroken("fabTargeted"));
        Assert.True(IsBroken("square"));
    }

    [Fact]
    public void Run_LastIterateOfAnAttackThatHasNone_IsRefused() => Assert.Throws<ArgumentException>(() =>
        Trained.Attack(new AttackPlan(EvaluationPlans.Of("square", AttackNorm.Linf, 0.1f))));
}

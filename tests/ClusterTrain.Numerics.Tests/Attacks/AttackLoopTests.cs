using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Tests.Reference;

namespace ClusterTrain.Numerics.Tests.Attacks;

public sealed class AttackLoopTests
{
    private static readonly TrainedNetwork Trained = new(1, 60);

    public static TheoryData<AttackNorm, float> Threats => new()
    {
        { AttackNorm.Linf, 0.02f }, { AttackNorm.Linf, 0.1f }, { AttackNorm.L2, 0.1f }, { AttackNorm.L2, 0.4f },
    };

    [Theory]
    [MemberData(nameof(Threats))]
    public void Run_Fgsm_IsOneStepFromTheCleanRow(AttackNorm norm, float epsilon)
    {
        var gradient = new float[Trained.Rows.Length];
        Trained.Surface.InputGradient(Trained.Rows, Trained.Labels, gradient);
        var expected = new double[gradient.Length];
        for (var i = 0; i < expected.Length; i++)
        {
            var row = gradient.AsSpan(i - (i % TrainedNetwork.Inputs), TrainedNetwork.Inputs).ToArray();
            var direction = norm == AttackNorm.Linf
                ? Math.Sign(gradient[i]) : gradient[i] / Math.Sqrt(row.Sum(g => (double)g * g));
            expected[i] = Math.Clamp(Trained.Rows[i] + (epsilon * direction), 0, 1);
        }

        var adversarial = Trained.Attack(Attacked.Fgsm(norm, epsilon));
        Close.AssertEqual(expected, adversarial, 1e-5, "rows");
        Bits.AssertEqual(adversarial, Trained.Attack(Attacked.Pgd(norm, epsilon, epsilon, 1)), "one step of PGD");
    }

    [Theory]
    [MemberData(nameof(Threats))]
    public void Run_Pgd_IsNeverWeakerThanFgsm(AttackNorm norm, float epsilon)
    {
        var clean = Trained.Losses(Trained.Rows).Average();
        var fgsm = Trained.Losses(Trained.Attack(Attacked.Fgsm(norm, epsilon))).Average();
        var pgd = Trained.Losses(Trained.Attack(Attacked.Pgd(norm, epsilon, epsilon / 4, 20))).Average();

        Assert.True(fgsm > clean, $"FGSM {fgsm} is no attack on {clean}");
        Assert.True(pgd >= fgsm, $"PGD {pgd} is weaker than FGSM {fgsm}");
    }

    [Theory]
    [MemberData(nameof(Threats))]
    public void Run_AnyAttack_StaysInTheBallAndInRange(AttackNorm norm, float epsilon)
    {
        foreach (var attack in (BallAttack[])
            [
                Attacked.Fgsm(norm, epsilon), Attacked.Pgd(norm, epsilon, epsilon / 3, 7),
                Attacked.Pgd(norm, epsilon, epsilon, 5) with { RandomStart = true, Restarts = 3 },
            ])
        {
            Attacked.AssertWithin(norm, epsilon, Trained.Rows, Trained.Attack(attack), TrainedNetwork.Inputs);
        }
    }

    [Theory]
    [MemberData(nameof(Threats))]
    public void Run_MoreRestarts_NeverLowerTheLossOfARow(AttackNorm norm, float epsilon)
    {
        var attack = Attacked.Pgd(norm, epsilon, epsilon / 2, 2) with { RandomStart = true };
        var start = new AttackStart(1, 2, 3);
        var losses = Trained.Losses(Trained.Attack(attack, start));
        var improved = 0;
        for (var restarts = 2; restarts <= 6; restarts++)
        {
            var more = Trained.Losses(Trained.Attack(attack with { Restarts = restarts }, start));
            Assert.All(losses.Zip(more), pair => Assert.True(pair.Second >= pair.First));
            improved += losses.Zip(more).Count(pair => pair.Second > pair.First);
            losses = more;
        }

        Assert.True(improved > 0, "restarts found nothing at all");
    }

    [Theory]
    [MemberData(nameof(Threats))]
    public void Run_SameStart_SameBits_OtherStartOtherRows(AttackNorm norm, float epsilon)
    {
        var attack = Attacked.Pgd(norm, epsilon, epsilon / 4, 3) with { RandomStart = true, Restarts = 3 };
        var loop = new AttackLoop();
        var used = new float[Trained.Rows.Length];
        loop.Run(Trained.Surface, new AttackPlan(attack), Trained.Rows, Trained.Labels, new AttackStart(9, 9, 9), used);
        var other = (float[])used.Clone();
        loop.Run(Trained.Surface, new AttackPlan(attack), Trained.Rows, Trained.Labels, new AttackStart(1, 2, 3), used);

        Bits.AssertEqual(Trained.Attack(attack, new AttackStart(1, 2, 3)), used, "a loop used before");
        Assert.NotEqual(other, used);
    }

    [Fact]
    public void Run_LinearLoss_FindsTheWorstPointOfTheBall()
    {
        float[] slope = [3, 0, -4], rows = [0.5f, 0.5f, 0.5f, 0.95f, 0.2f, 0.1f];
        var surface = new LinearSurface(slope);

        Close.AssertEqual(
            [0.7, 0.5, 0.3, 1, 0.2, 0], Attacked.Run(surface, Attacked.Pgd(AttackNorm.Linf, 0.2f, 0.05f, 10), rows, [0, 0]),
            1e-6, "Linf");
        Close.AssertEqual(
            [0.68, 0.5, 0.26], Attacked.Run(surface, Attacked.Pgd(AttackNorm.L2, 0.3f, 0.05f, 10), rows[..3], [0]),
            1e-6, "L2");
    }

    [Fact]
    public void Run_OnIterate_SeesEveryIterateOfTheFirstRun()
    {
        var seen = new List<(int Step, float[] Rows)>();
        var attack = Attacked.Pgd(AttackNorm.Linf, 0.1f, 0.02f, 5);
        var adversarial = Attacked.Run(
            Trained.Surface, attack, Trained.Rows, Trained.Labels, default, (step, rows) => seen.Add((step, rows)));

        Assert.Equal([0, 1, 2, 3, 4], seen.Select(iterate => iterate.Step));
        Bits.AssertEqual(adversarial, seen[^1].Rows, "the last iterate");
        for (var steps = 1; steps < 5; steps++)
            Bits.AssertEqual(Trained.Attack(attack with { Steps = steps }), seen[steps - 1].Rows, $"after {steps} steps");
    }

    [Fact]
    public void Run_EpsilonZero_LeavesTheRows()
    {
        foreach (var norm in Enum.GetValues<AttackNorm>())
        {
            var attack = Attacked.Pgd(norm, 0, 0.1f, 3) with { RandomStart = true, Restarts = 2 };
            Bits.AssertEqual(Trained.Rows, Trained.Attack(attack), $"{norm}");
        }
    }
}

using ClusterTrain.Numerics.Attacks;

namespace ClusterTrain.Numerics.Tests.Attacks;

/// <summary>Attacks in one call, and how far they moved their rows.</summary>
internal static class Attacked
{
    public static float[] Run(
        ILossSurface surface, BallAttack attack, float[] rows, byte[] labels, AttackStart start = default,
        Action<int, float[]>? onIterate = null) =>
        Run(surface, new AttackPlan(attack), rows, labels, start, onIterate);

    public static float[] Run(
        ILossSurface surface, AttackPlan plan, float[] rows, byte[] labels, AttackStart start = default,
        Action<int, float[]>? onIterate = null)
    {
        var adversarial = new float[rows.Length];
        new AttackLoop().Run(surface, plan, rows, labels, start, adversarial, onIterate);
        return adversarial;
    }

    /// <summary>The random starts alone: steps of length zero from them.</summary>
    public static float[] Start(AttackNorm norm, float epsilon, float[] rows, int features, AttackStart start) =>
        Run(
            new LinearSurface(new float[features]), Pgd(norm, epsilon, 0, 1) with { RandomStart = true }, rows,
            new byte[rows.Length / features], start);

    /// <summary>PGD from the row itself.</summary>
    public static PgdAttack Pgd(AttackNorm norm, float epsilon, float stepSize, int steps) =>
        new() { Norm = norm, Epsilon = epsilon, StepSize = stepSize, Steps = steps, RandomStart = false };

    public static FgsmAttack Fgsm(AttackNorm norm, float epsilon) => new() { Norm = norm, Epsilon = epsilon };

    /// <summary>Each row within the ball, up to the rounding of float32 pixels, and every pixel in [0, 1].</summary>
    public static void AssertWithin(AttackNorm norm, float epsilon, float[] rows, float[] adversarial, int features)
    {
        Assert.All(adversarial, pixel => Assert.InRange(pixel, 0f, 1f));
        for (var first = 0; first < rows.Length; first += features)
        {
            var moves = Enumerable.Range(first, features).Select(i => (double)adversarial[i] - rows[i]).ToArray();
            var length = norm == AttackNorm.Linf ? moves.Max(Math.Abs) : Math.Sqrt(moves.Sum(move => move * move));
            var rounding = norm == AttackNorm.Linf ? 6e-8 : 6e-8 * Math.Sqrt(features);
            Assert.True(length <= epsilon + rounding, $"{norm}: moved by {length:R}, allowed {epsilon:R}");
        }
    }
}

using ClusterTrain.Numerics.Attacks;

namespace ClusterTrain.Numerics.Tests.Attacks;

/// <summary>Auto-PGD as the paper writes it (Croce and Hein 2020, algorithm 1), for one row, in double precision.</summary>
internal static class NaiveApgd
{
    /// <summary>The points x^(1) to x^(steps), each after the algorithm's own step and before it goes back to the best.</summary>
    public static List<double[]> Run(ILossSurface surface, AttackNorm norm, double epsilon, int steps, float[] clean, byte label)
    {
        var points = new List<double[]>();
        var checkpoints = Checkpoints(steps);
        double[] x = [.. clean.Select(pixel => (double)pixel)], previous = x, best = x;
        var eta = 2 * epsilon;
        var loss = Loss(surface, x, label);
        var (highest, etaBefore, highestBefore, rises, last) = (loss, eta, loss, 0, 0);
        for (var k = 0; k < steps; k++)
        {
            var direction = Direction(norm, Gradient(surface, x, label));
            var z = Project(norm, epsilon, clean, Combine(x, 1, direction, eta));
            var next = z;
            if (k > 0)
            {
                double[] mixed = [.. x.Select((value, i) => value + (0.75 * (z[i] - value)) + (0.25 * (value - previous[i])))];
                next = Project(norm, epsilon, clean, mixed);
            }

            (previous, x) = (x, next);
            points.Add(x);
            var risen = Loss(surface, x, label);
            if (risen > loss) rises++;
            loss = risen;
            if (loss > highest) (highest, best) = (loss, x);
            if (!checkpoints.Contains(k + 1)) continue;
            var halves = rises < 0.75 * (k + 1 - last) || (eta == etaBefore && highest == highestBefore);
            (etaBefore, highestBefore, rises, last) = (eta, highest, 0, k + 1);
            if (!halves) continue;
            eta /= 2;
            (x, loss) = (best, highest);
        }

        return points;
    }

    private static HashSet<int> Checkpoints(int steps)
    {
        List<decimal> p = [0, 0.22m];
        while (p[^1] <= 1) p.Add(p[^1] + Math.Max(p[^1] - p[^2] - 0.03m, 0.06m));
        return [.. p.Skip(1).Where(share => share <= 1).Select(share => (int)Math.Ceiling(share * steps))];
    }

    private static double[] Combine(double[] a, double weightOfA, double[] b, double weightOfB) =>
        [.. a.Select((value, i) => (weightOfA * value) + (weightOfB * b[i]))];

    private static double[] Direction(AttackNorm norm, double[] gradient)
    {
        var length = Math.Sqrt(gradient.Sum(slope => slope * slope));
        return [.. gradient.Select(slope => norm == AttackNorm.Linf ? Math.Sign(slope) : slope / Math.Max(length, 1e-12))];
    }

    private static double[] Project(AttackNorm norm, double epsilon, float[] clean, double[] x)
    {
        var length = Math.Sqrt(x.Select((value, i) => (value - clean[i]) * (value - clean[i])).Sum());
        return
        [
            .. x.Select((value, i) => Math.Clamp(
                norm == AttackNorm.Linf
                    ? Math.Clamp(value, clean[i] - epsilon, clean[i] + epsilon)
                    : clean[i] + (Math.Min(1, epsilon / Math.Max(length, 1e-12)) * (value - clean[i])), 0, 1)),
        ];
    }

    private static double Loss(ILossSurface surface, double[] x, byte label)
    {
        var losses = new float[1];
        surface.Losses([.. x.Select(value => (float)value)], [label], losses);
        return losses[0];
    }

    private static double[] Gradient(ILossSurface surface, double[] x, byte label)
    {
        var gradient = new float[x.Length];
        surface.InputGradient([.. x.Select(value => (float)value)], [label], gradient);
        return [.. gradient.Select(slope => (double)slope)];
    }
}

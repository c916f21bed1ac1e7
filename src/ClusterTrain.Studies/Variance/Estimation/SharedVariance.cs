namespace ClusterTrain.Studies.Variance.Estimation;

/// <summary>
/// The part of the moments' variance that comes of rows and models together: what a model does on one row and not on others.
/// The bootstrap over rows and the jackknife over models both hold it, so their sum has it twice (Owen 2007, "The pigeonhole
/// bootstrap", section 3).
/// </summary>
internal sealed class SharedVariance
{
    private const int Kinds = 3;
    private const double RelativeStep = 1e-5;

    // Covariance of (V, C, Between), [3, 3].
    private readonly double[] _covariance;

    private SharedVariance(double[] covariance) => _covariance = covariance;

    /// <summary>Variance of a figure made of the moments, by its slope at <paramref name="at"/>.</summary>
    public double Of(Func<Moments, double> figure, Moments at)
    {
        Span<double> slope = [Slope(figure, at, 0), Slope(figure, at, 1), double.IsNaN(at.Between) ? 0 : Slope(figure, at, 2)];
        var variance = 0.0;
        for (var i = 0; i < Kinds; i++)
            for (var j = 0; j < Kinds; j++)
                variance += slope[i] * _covariance[(i * Kinds) + j] * slope[j];
        return variance;
    }

    /// <summary>The jackknife over models, row by row, without what rows or models do alone.</summary>
    public static SharedVariance Of(ErrorTable errors)
    {
        var (rows, classes, sets) = (errors.Rows, errors.Classes, errors.Groups.Count);
        var covariance = new double[Kinds * Kinds];
        var sums = errors.Groups.Select(members => Sum(errors, members)).ToArray();
        var own = new double[classes];
        for (var set = 0; set < sets; set++)
        {
            var members = errors.Groups[set];
            var deviations = new double[members.Length * rows * Kinds];
            for (var row = 0; row < rows; row++)
            {
                Others(errors.Groups, sums, set, row, own);
                Deviate(errors, members, row, sums[set].AsSpan(row * classes, classes), own, sets, deviations);
            }

            for (var i = 0; i < members.Length; i++)
                Add(covariance, deviations.AsSpan(i * rows * Kinds, rows * Kinds), (members.Length - 1.0) / members.Length / ((double)rows * rows));
        }

        return new SharedVariance(covariance);
    }

    private static double[] Sum(ErrorTable errors, int[] members)
    {
        var sum = new double[errors.Rows * errors.Classes];
        foreach (var member in members)
        {
            var error = errors[member];
            for (var i = 0; i < sum.Length; i++) sum[i] += error[i];
        }

        return sum;
    }

    /// <summary>The sum of the other sets' mean errors in a row.</summary>
    private static void Others(IReadOnlyList<int[]> groups, double[][] sums, int set, int row, double[] target)
    {
        Array.Clear(target);
        for (var other = 0; other < groups.Count; other++)
        {
            if (other == set) continue;
            for (var j = 0; j < target.Length; j++) target[j] += sums[other][(row * target.Length) + j] / groups[other].Length;
        }
    }

    /// <summary>By how much leaving out each member moves the row's moments, from what leaving out any does on average.</summary>
    private static void Deviate(
        ErrorTable errors, int[] members, int row, ReadOnlySpan<double> sum, ReadOnlySpan<double> others, int sets, double[] deviations)
    {
        var (n, classes) = (members.Length, sum.Length);
        var (squares, square, across) = (0.0, 0.0, 0.0);
        for (var j = 0; j < classes; j++) (square, across) = (square + (sum[j] * sum[j]), across + (sum[j] * others[j] / n));
        foreach (var member in members)
            foreach (var element in errors[member].Slice(row * classes, classes))
                squares += element * element;
        for (var i = 0; i < n; i++)
        {
            var error = errors[members[i]].Slice(row * classes, classes);
            var (own, withSum, withOthers) = (0.0, 0.0, 0.0);
            for (var j = 0; j < classes; j++)
            {
                own += error[j] * error[j];
                withSum += error[j] * sum[j];
                withOthers += error[j] * others[j];
            }

            var at = ((i * errors.Rows) + row) * Kinds;
            deviations[at] = (own - (squares / n)) / (n - 1) / sets;
            deviations[at + 1] = 2 * (withSum - own - ((square - squares) / n)) / ((n - 1) * (n - 2.0)) / sets;
            deviations[at + 2] = sets < 2 ? 0 : (withOthers - across) / (n - 1) / (sets * (sets - 1) / 2.0);
        }
    }

    private static void Add(double[] covariance, ReadOnlySpan<double> deviations, double weight)
    {
        var rows = deviations.Length / Kinds;
        for (var a = 0; a < Kinds; a++)
        {
            for (var b = 0; b < Kinds; b++)
            {
                var (product, first, second) = (0.0, 0.0, 0.0);
                for (var at = 0; at < deviations.Length; at += Kinds)
                {
                    product += deviations[at + a] * deviations[at + b];
                    first += deviations[at + a];
                    second += deviations[at + b];
                }

                covariance[(a * Kinds) + b] += weight * (product - (first * second / rows));
            }
        }
    }

    private static double Slope(Func<Moments, double> figure, Moments at, int kind)
    {
        var step = RelativeStep * Math.Max(Math.Abs(at.V), double.Epsilon);
        return (figure(Moved(at, kind, step)) - figure(Moved(at, kind, -step))) / (2 * step);
    }

    private static Moments Moved(Moments at, int kind, double step) => kind switch
    {
        0 => at with { V = at.V + step },
        1 => at with { C = at.C + step },
        _ => at with { Between = at.Between + step },
    };
}

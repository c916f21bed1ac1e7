namespace ClusterTrain.Studies.Variance.Estimation;

/// <summary>
/// What each test row adds to the moments: their means over rows are the moments themselves, so that resampling rows is
/// resampling these.
/// </summary>
/// <param name="V">[rows].</param>
/// <param name="C">[rows].</param>
/// <param name="Between">[rows]; NaN with a single set.</param>
internal sealed record PointMoments(double[] V, double[] C, double[] Between)
{
    public int Rows => V.Length;

    public static PointMoments Of(ErrorTable errors)
    {
        var (rows, classes, sets) = (errors.Rows, errors.Classes, errors.Groups.Count);
        var result = new PointMoments(new double[rows], new double[rows], new double[rows]);
        var sums = new double[sets * classes];
        for (var row = 0; row < rows; row++)
        {
            Array.Clear(sums);
            var (own, same) = (0.0, 0.0);
            for (var set = 0; set < sets; set++)
            {
                var (squares, square) = Sum(errors, errors.Groups[set], row, sums.AsSpan(set * classes, classes));
                var n = errors.Groups[set].Length;
                own += squares / n;
                // All ordered pairs at once: the square of the sum without the squares of its parts.
                same += (square - squares) / ((double)n * (n - 1));
            }

            result.V[row] = own / sets;
            result.C[row] = same / sets;
            result.Between[row] = Across(sums, errors.Groups, classes);
        }

        return result;
    }

    private static (double Squares, double Square) Sum(ErrorTable errors, int[] members, int row, Span<double> sum)
    {
        var squares = 0.0;
        foreach (var member in members)
        {
            var error = errors[member].Slice(row * sum.Length, sum.Length);
            for (var j = 0; j < sum.Length; j++)
            {
                squares += error[j] * error[j];
                sum[j] += error[j];
            }
        }

        var square = 0.0;
        foreach (var element in sum) square += element * element;
        return (squares, square);
    }

    private static double Across(ReadOnlySpan<double> sums, IReadOnlyList<int[]> groups, int classes)
    {
        if (groups.Count < 2) return double.NaN;
        var between = 0.0;
        for (var s = 0; s < groups.Count; s++)
        {
            for (var t = 0; t < s; t++)
            {
                var product = 0.0;
                for (var j = 0; j < classes; j++) product += sums[(s * classes) + j] * sums[(t * classes) + j];
                between += product / ((double)groups[s].Length * groups[t].Length);
            }
        }

        return between / (groups.Count * (groups.Count - 1) / 2);
    }
}

using ClusterTrain.Runs.Ledger;

namespace ClusterTrain.Runs.Reports.Content;

/// <summary>The training loss of some consecutive steps.</summary>
/// <param name="Last">Last step, included.</param>
internal readonly record struct LossPoint(long First, long Last, double Mean, double Min, double Max)
{
    /// <summary>About as many as a chart has room for; more would be noise, and a large page.</summary>
    public const int Most = 200;

    /// <summary>
    /// The ledger's losses in at most <paramref name="most"/> groups of about equal size. Lowest and highest are kept
    /// beside the mean: a spike of one step stays visible.
    /// </summary>
    public static IReadOnlyList<LossPoint> Thin(IReadOnlyList<LedgerEntry> entries, int most = Most)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        var groups = Math.Min(entries.Count, most);
        var points = new LossPoint[groups];
        for (var group = 0; group < groups; group++)
        {
            var first = (int)((long)group * entries.Count / groups);
            var end = (int)((long)(group + 1) * entries.Count / groups);
            points[group] = Of(entries, first, end);
        }

        return points;
    }

    private static LossPoint Of(IReadOnlyList<LedgerEntry> entries, int first, int end)
    {
        var (sum, min, max) = (0.0, double.PositiveInfinity, double.NegativeInfinity);
        for (var i = first; i < end; i++)
        {
            var loss = entries[i].Loss;
            (sum, min, max) = (sum + loss, Math.Min(min, loss), Math.Max(max, loss));
        }

        // Rounding must not put the mean outside of what it is the mean of.
        var mean = Math.Clamp(sum / (end - first), min, max);
        return new LossPoint(entries[first].Step, entries[end - 1].Step, mean, min, max);
    }
}

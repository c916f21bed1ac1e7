using ClusterTrain.Numerics.Fixed;

namespace ClusterTrain.Training.Data;

/// <summary>
/// Makes training rows unbalanced (Cui et al. 2019, section 5.1): of C classes, class c keeps the share
/// balance^(c / (C - 1)) of its rows, one or more. Which rows stay is the order of the split, so that a less balanced set
/// is part of a more balanced one. Validation and test rows stay as they are.
/// </summary>
internal static class LongTail
{
    /// <param name="rows">In training order.</param>
    /// <param name="label">Class of a row.</param>
    /// <param name="balance">Above 0, up to 1.</param>
    /// <returns>The rows that stay, in their order.</returns>
    public static int[] Thin(IReadOnlyList<int> rows, Func<int, byte> label, int classes, double balance)
    {
        var keep = rows.GroupBy(label).ToDictionary(group => group.Key, group => Kept(group.Count(), group.Key, classes, balance));
        var taken = new int[classes];
        return [.. rows.Where(row => taken[label(row)]++ < keep[label(row)])];
    }

    private static int Kept(int rows, int of, int classes, double balance)
    {
        // The own exp and log, since the count must be the same on every machine.
        var share = classes == 1 ? 1.0 : FixedMath.Exp((float)(FixedMath.Log(balance) * of / (classes - 1)));
        return Math.Max(1, (int)Math.Floor((rows * share) + 0.5));
    }
}

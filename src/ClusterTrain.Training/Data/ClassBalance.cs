using ClusterTrain.Numerics.Fixed;

namespace ClusterTrain.Training.Data;

/// <summary>
/// Training rows with uneven classes: their shares fall geometrically, as in long-tailed benchmarks (Cui et al. 2019,
/// "Class-Balanced Loss Based on Effective Number of Samples"). Each class keeps its first rows in training
/// order, which is a shuffled one: no random number is needed, and a stronger imbalance keeps a subset.
/// </summary>
internal static class ClassBalance
{
    /// <summary>The rows that stay, in their order.</summary>
    /// <param name="rows">Rows of the training file.</param>
    /// <param name="label">The class of a row, before any label noise.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="imbalance">1 keeps all rows; r keeps 1 / r of the last class.</param>
    public static int[] Keep(int[] rows, Func<int, byte> label, int classes, double imbalance)
    {
        if (imbalance == 1) return rows;
        var left = new int[classes];
        foreach (var row in rows) left[label(row)]++;
        for (var c = 0; c < classes; c++) left[c] = Kept(left[c], Share(c, classes, imbalance));
        return [.. rows.Where(row => left[label(row)]-- > 0)];
    }

    /// <summary>
    /// The same rows, with those of rarer classes taken again from their first one on until every class has as many as the largest;
    /// the copies come last, class by class.
    /// </summary>
    public static int[] Oversampled(int[] rows, Func<int, byte> label, int classes)
    {
        var ofClass = rows.ToLookup(row => (int)label(row));
        var most = ofClass.Max(own => own.Count());
        IEnumerable<int> Copies(int[] own) => Enumerable.Range(0, own.Length == 0 ? 0 : most - own.Length).Select(i => own[i % own.Length]);
        return [.. rows, .. Enumerable.Range(0, classes).SelectMany(c => Copies([.. ofClass[c]]))];
    }

    /// <summary>
    /// rows / (classes * rows of the class), over classes that have any, so that the weights' mean over the rows is 1; 0 for the others.
    /// </summary>
    /// <param name="labels">One a row.</param>
    public static float[] Weights(ReadOnlySpan<byte> labels, int classes)
    {
        var counts = new int[classes];
        foreach (var label in labels) counts[label]++;
        var (rows, present) = (labels.Length, counts.Count(count => count > 0));
        return [.. counts.Select(count => count == 0 ? 0f : (float)((double)rows / ((double)present * count)))];
    }

    /// <summary>r^(-c / (C - 1)), the same bits on every machine, since it decides whole rows.</summary>
    public static double Share(int c, int classes, double imbalance) =>
        classes == 1 ? 1 : FixedMath.Exp((float)(FixedMath.Log(imbalance) * -c / (classes - 1)));

    // The nearest number of rows, halves up; a class that had any keeps one.
    private static int Kept(int rows, double share) => Math.Min(rows, Math.Max(1, (int)Math.Floor((rows * share) + 0.5)));
}

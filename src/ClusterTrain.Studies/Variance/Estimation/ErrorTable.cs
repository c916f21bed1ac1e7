namespace ClusterTrain.Studies.Variance.Estimation;

/// <summary>
/// Error vectors of an arm's members on the same test rows: class probabilities minus the one-hot label, so that the mean
/// of their squared norm is the Brier score (Brier 1950), 0 to 2.
/// </summary>
/// <param name="groups">Members of each training set: numbers into <paramref name="errors"/>.</param>
/// <param name="errors">A member's errors, [rows, classes].</param>
/// <param name="rows">Test rows, 1 or more.</param>
internal sealed class ErrorTable(IReadOnlyList<int[]> groups, IReadOnlyList<double[]> errors, int rows)
{
    public IReadOnlyList<int[]> Groups { get; } = groups;

    public int Members => errors.Count;

    public int Rows { get; } = rows;

    public int Classes => errors[0].Length / Rows;

    /// <summary>[rows, classes].</summary>
    public ReadOnlySpan<double> this[int member] => errors[member];

    /// <summary>The same errors with other members in each group.</summary>
    public ErrorTable With(IReadOnlyList<int[]> others) => new(others, errors, Rows);

    /// <summary>Errors of probabilities [rows, classes].</summary>
    public static double[] Errors(ReadOnlySpan<float> probabilities, ReadOnlySpan<byte> labels)
    {
        var classes = probabilities.Length / labels.Length;
        var errors = new double[probabilities.Length];
        for (var i = 0; i < errors.Length; i++) errors[i] = probabilities[i];
        for (var row = 0; row < labels.Length; row++) errors[(row * classes) + labels[row]] -= 1;
        return errors;
    }
}

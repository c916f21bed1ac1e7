namespace ClusterTrain.Training.Work;

public enum Split
{
    Train,
    Validation,
    Test,

    /// <summary>The attacked validation rows once more, under the training attack.</summary>
    OneStep,
}

/// <summary>Some rows of a split, measured together.</summary>
/// <param name="Split">Which rows.</param>
/// <param name="First">First row.</param>
/// <param name="Rows">1 to <see cref="MaxRows"/>.</param>
public readonly record struct EvaluationChunk(Split Split, int First, int Rows)
{
    /// <summary>Fixed, since it decides which rows share a stream of random starts.</summary>
    public const int MaxRows = 250;

    /// <summary>The chunks of a split's first <paramref name="rows"/> rows.</summary>
    public static IEnumerable<EvaluationChunk> Of(Split split, int rows)
    {
        for (var first = 0; first < rows; first += MaxRows)
            yield return new EvaluationChunk(split, first, Math.Min(MaxRows, rows - first));
    }
}

namespace ClusterTrain.Training.Work;

/// <summary>What was counted over some rows. Addition in chunk order gives the figures of a split.</summary>
/// <param name="Rows">Rows measured.</param>
/// <param name="Loss">Sum of their cross-entropies, without label smoothing.</param>
/// <param name="Correct">Rows classified right.</param>
/// <param name="AttackedRows">Rows also measured under attack.</param>
/// <param name="Robust">Attacked rows classified right both clean and under attack.</param>
public readonly record struct EvaluationSums(int Rows, double Loss, int Correct, int AttackedRows, int Robust)
{
    public static EvaluationSums operator +(EvaluationSums a, EvaluationSums b) => new(
        a.Rows + b.Rows, a.Loss + b.Loss, a.Correct + b.Correct, a.AttackedRows + b.AttackedRows, a.Robust + b.Robust);

    public static EvaluationSums Add(EvaluationSums a, EvaluationSums b) => a + b;

    public double MeanLoss => Loss / Rows;

    /// <summary>Share of rows, 0 to 1.</summary>
    public double Accuracy => (double)Correct / Rows;

    /// <summary>Share of attacked rows, 0 to 1; null when none was attacked.</summary>
    public double? RobustAccuracy => AttackedRows == 0 ? null : (double)Robust / AttackedRows;
}

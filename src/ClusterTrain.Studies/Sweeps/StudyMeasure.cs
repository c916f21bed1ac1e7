namespace ClusterTrain.Studies.Sweeps;

/// <summary>What is compared between cells.</summary>
/// <param name="Name">As in <c>study.json</c>.</param>
/// <param name="IsShare">Whether it is a share of rows, which people read as per cent.</param>
public sealed record StudyMeasure(string Name, Func<StudyOutcome, double?> Of, bool IsShare = true)
{
    public static readonly StudyMeasure Test = new("testAccuracy", outcome => outcome.TestAccuracy);
    public static readonly StudyMeasure TestRobust = new("testRobustAccuracy", outcome => outcome.TestRobustAccuracy);
    public static readonly StudyMeasure Train = new("trainAccuracy", outcome => outcome.TrainAccuracy);
    public static readonly StudyMeasure Gap = new("gap", outcome => outcome.Gap);
    public static readonly StudyMeasure Validation = new("validationAccuracy", outcome => outcome.ValidationAccuracy);
    public static readonly StudyMeasure ValidationRobust = new("validationRobustAccuracy", outcome => outcome.ValidationRobustAccuracy);
    public static readonly StudyMeasure EpochsToBest = new("epochsToBest", outcome => outcome.EpochsToBest, IsShare: false);

    public static readonly IReadOnlyList<StudyMeasure> All = [Test, TestRobust, Train, Gap, Validation, ValidationRobust, EpochsToBest];

    public static StudyMeasure For(SearchMetric metric) => metric == SearchMetric.RobustAccuracy ? ValidationRobust : Validation;
}

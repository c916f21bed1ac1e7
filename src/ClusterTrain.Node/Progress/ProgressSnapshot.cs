using ClusterTrain.Training.Work;

namespace ClusterTrain.Node.Progress;

/// <summary>Where a run stands, for people.</summary>
internal sealed record ProgressSnapshot(
    long Step, long TotalSteps, double Epoch, int Epochs, double Loss, double Accuracy, EvaluationSums? Validation,
    double ExamplesPerSecond, int Workers, TimeSpan Elapsed, string Doing)
{
    /// <summary>Guess at the time to the last step, at the pace so far; null before there is one.</summary>
    public TimeSpan? TimeLeft(long firstStep)
    {
        var done = Step - firstStep;
        return done <= 0 ? null : Elapsed / done * (TotalSteps - Step);
    }
}

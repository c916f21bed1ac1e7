using System.Globalization;
using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Studies.Execution;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Studies.Variance.Arms;

/// <summary>One training of a study.</summary>
/// <param name="Arm">The arm it is for.</param>
/// <param name="Set">Training set, from 0.</param>
/// <param name="Number">Member of the arm on that set, from 0; arms of masks have one network a set, number 0.</param>
/// <param name="Spec">What is trained.</param>
public sealed record StudyMember(ArmDefinition Arm, int Set, int Number, RunSpec Spec)
    : StudyRun(string.Create(CultureInfo.InvariantCulture, $"members/{Arm.Id}/set-{Set + 1}/{Number + 1:00}"), Spec)
{
    /// <summary>How a training came out, on a line.</summary>
    public static string Line(SessionEnd end) => end is SessionEnd.Completed { Summary: var summary }
        ? $"test accuracy {Figures.PercentOrDash(summary.Test?.Accuracy)}, {Figures.Duration(summary.Seconds)}"
        : $"{end.Trouble}; it is left out";

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Arm.Id}, set {Set + 1}, member {Number + 1}");
}

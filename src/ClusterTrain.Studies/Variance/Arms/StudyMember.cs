using System.Globalization;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Studies.Variance.Arms;

/// <summary>One training of a study: a whole run.</summary>
/// <param name="Arm">The arm it is for.</param>
/// <param name="Set">Training set, from 0.</param>
/// <param name="Number">Member of the arm on that set, from 0; arms of masks have one network a set, number 0.</param>
/// <param name="Spec">What is trained.</param>
public sealed record StudyMember(ArmDefinition Arm, int Set, int Number, RunSpec Spec)
{
    /// <summary>Folder below the study's, with '/' between names.</summary>
    public string Folder => string.Create(CultureInfo.InvariantCulture, $"members/{Arm.Id}/set-{Set + 1}/{Number + 1:00}");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Arm.Id}, set {Set + 1}, member {Number + 1}");
}

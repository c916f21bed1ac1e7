namespace ClusterTrain.Training.Specs;

/// <summary>A spec that was read, or everything that is wrong with it.</summary>
/// <param name="Spec">Null when any problem is an error.</param>
/// <param name="Problems">All errors and warnings at once, in the order of the text.</param>
public sealed record SpecResult(RunSpec? Spec, IReadOnlyList<SpecProblem> Problems)
{
    public IEnumerable<SpecProblem> Errors => Problems.Where(problem => problem.Severity == SpecSeverity.Error);

    public IEnumerable<SpecProblem> Warnings => Problems.Where(problem => problem.Severity == SpecSeverity.Warning);
}

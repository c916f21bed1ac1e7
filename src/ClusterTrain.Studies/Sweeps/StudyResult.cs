using ClusterTrain.Training.Specs;

namespace ClusterTrain.Studies.Sweeps;

/// <summary>A study that was read, or everything that is wrong with it.</summary>
/// <param name="Study">Null when any problem is an error.</param>
/// <param name="Problems">All at once, in the order of the text.</param>
public sealed record StudyResult(Study? Study, IReadOnlyList<SpecProblem> Problems)
{
    public IEnumerable<SpecProblem> Errors => Problems.Where(problem => problem.Severity == SpecSeverity.Error);

    public IEnumerable<SpecProblem> Warnings => Problems.Where(problem => problem.Severity == SpecSeverity.Warning);
}

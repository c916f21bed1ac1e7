using ClusterTrain.Studies.Loading;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Yaml;

namespace ClusterTrain.Studies.Variance.Arms;

/// <summary>Reads a study of ensembles by the rules of run specs: keys that it leaves out have their defaults.</summary>
public static class VarianceFile
{
    public static StudyResult<StudySpec> Load(StudySource source) =>
        StudyLoader.Load(source, ["dropout", "plain"], StudyLoader.FilledIn, Bind);

    private static StudySpec Bind(SpecNode? root, List<SpecProblem> problems)
    {
        var binder = new SpecBinder(new StudySpec());
        var study = (StudySpec)binder.Bind(root);
        problems.AddRange(binder.Problems);
        var hasPlain = (root as SpecNode.Map)?.Find("plain") is { IsEmpty: false };
        if (!hasPlain) study = study with { Plain = StudySpec.WithoutDropout(study.Dropout) };
        if (problems.TrueForAll(problem => problem.Severity != SpecSeverity.Error))
            problems.AddRange(StudyRules.Check(study).Where(problem => hasPlain || !problem.Path.StartsWith("plain.", StringComparison.Ordinal)).Select(binder.Locate));
        return study;
    }
}

using ClusterTrain.Numerics.Catalogues;

namespace ClusterTrain.Training.Specs.Rules;

/// <summary>What techniques ask of their own options, wherever a spec names one.</summary>
internal static class TechniqueRules
{
    // A rule for each place, so that a technique that is not readable silences its own checks alone.
    public static readonly IReadOnlyList<SpecRule> All =
    [
        Of("adversarial.attack", "adversarial.attack", spec => spec.Adversarial.Attack),
        Of("evaluation.validationAttack", "evaluation.validationAttack", spec => spec.Evaluation.ValidationAttack),
        Of("evaluation.testAttack", "evaluation.testAttack", spec => spec.Evaluation.TestAttack),
        Of("adversarial", "adversarial.objective", spec => spec.Adversarial.Objective),
        Of("optimizer", "optimizer", spec => spec.Optimizer.Type),
        Of("schedule", "schedule", spec => spec.Schedule.Type),
    ];

    /// <summary>Problems of one technique; paths are its keys below <paramref name="path"/>.</summary>
    public static IEnumerable<SpecProblem> Check(Technique technique, string path) => technique.Checks()
        .Select(check => check.Problem).OfType<OptionProblem>()
        .Select(problem =>
        {
            var key = SpecPath.Child(path, SpecSchema.CamelCase(problem.Option));
            return problem.IsWarning ? SpecProblem.Warning(key, problem.Message) : SpecProblem.Error(key, problem.Message);
        });

    private static SpecRule Of(string section, string read, Func<RunSpec, Technique> get) => new(
        "The checks of each technique below hold for its own keys", [read], spec => Check(get(spec), section));
}

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

    private static SpecRule Of(string section, string read, Func<RunSpec, Technique> get) => new(
        "The checks of each technique below hold for its own keys", [read], spec => SpecProblem.Of(get(spec), section));
}

using ClusterTrain.Numerics.Attacks;

namespace ClusterTrain.Training.Specs.Rules;

/// <summary>What measuring and stopping need of each other.</summary>
internal static class EvaluationRules
{
    public static readonly IReadOnlyList<SpecRule> All =
    [
        SpecRule.Of(
            "`earlyStopping.metric` robustAccuracy needs an `evaluation.validationAttack`",
            ["earlyStopping.metric", "evaluation.validationAttack.method"],
            RobustMetricHasAttack),
        SpecRule.Of(
            "`evaluation.validationAttackRows` is at most `data.validation`",
            ["evaluation.validationAttackRows", "data.validation", "data.folds"],
            spec => spec.Data.Folds > 0
                ? null // The data say how many rows a fold has.
                : TooMany("evaluation.validationAttackRows", spec.Evaluation.ValidationAttackRows, spec.Data.Validation, "validation")),
        SpecRule.Of(
            "`evaluation.testAttackRows` is at most `data.test`",
            ["evaluation.testAttackRows", "data.test"],
            spec => spec.Data.Test == 0
                ? null
                : TooMany("evaluation.testAttackRows", spec.Evaluation.TestAttackRows, spec.Data.Test, "test")),
    ];

    private static SpecProblem? RobustMetricHasAttack(RunSpec spec) =>
        spec is { EarlyStopping.Metric: StoppingMetric.RobustAccuracy, Evaluation.ValidationAttack: NoAttack }
            ? SpecProblem.Error(
                "earlyStopping.metric",
                "robustAccuracy is measured by evaluation.validationAttack, whose method is none; set it to fgsm or pgd, or choose "
                + "loss or accuracy")
            : null;

    private static SpecProblem? TooMany(string path, int wanted, int rows, string split) =>
        wanted <= rows ? null : SpecProblem.Error(path, SpecRules.TooFewRows(wanted, rows, split));
}

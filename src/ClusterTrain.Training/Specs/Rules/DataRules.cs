namespace ClusterTrain.Training.Specs.Rules;

/// <summary>Which rows train and which validate.</summary>
internal static class DataRules
{
    public static readonly IReadOnlyList<SpecRule> All =
    [
        SpecRule.Of("`data.extra` is another set than `data.name`, whose validation rows would be trained on", ["data.extra", "data.name"], spec =>
            spec.Data.Extra.Length > 0 && spec.Data.Extra == spec.Data.Name
                ? SpecProblem.Error("data.extra", $"{SpecScalar.Quote(spec.Data.Extra)} is data.name, whose validation rows would be trained on; allowed: another data set, or nothing")
                : null),
        SpecRule.Of("`data.folds` is 0, or 2 or more", ["data.folds"], spec => spec.Data.Folds == 1
            ? SpecProblem.Error("data.folds", "one fold leaves no rows to train on; allowed: 0 (off), or 2 to 1000 folds")
            : null),
        SpecRule.Of("`data.fold` is at most `data.folds`, when there are folds", ["data.fold", "data.folds"], spec =>
            spec.Data.Folds > 1 && spec.Data.Fold > spec.Data.Folds
                ? SpecProblem.Error("data.fold", $"there is no fold {spec.Data.Fold} of {spec.Data.Folds}; allowed: 1 to {spec.Data.Folds}")
                : null),
    ];
}

using ClusterTrain.Runs.Reports.Content;
using ClusterTrain.Runs.Reports.Pages;
using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Runs.Reports.Sections;

/// <summary>What run this is and how it ended, in words.</summary>
internal static class StatusSection
{
    public static Html Of(ReportData data) => Html.Of($"""
        <h1>{data.Spec.Name}</h1>
        <p class="status">{Status(data)}</p>
        {Collapse(data)}
        <p class="soft">{Circumstances(data)}</p>
        """);

    private static Html Collapse(ReportData data) => data.Summary.CollapsedAt is not { Count: > 0 } found ? Html.Of($"") : Html.Of($"""
        <p class="status"><strong class="bad">Training on one step collapsed</strong> before epoch {string.Join(", ", found.Select(step => Words.EpochOf(data, step)))}: validation rows stayed right under the training attack and were wrong under the validation attack. {Consequence(data.Spec.Adversarial.Collapse)}</p>
        """);

    private static string Consequence(CollapseChoice choice) => choice switch
    {
        CollapseChoice.Stop => "The run ended there.",
        CollapseChoice.LowerStep => "The attack's step was halved from there on.",
        _ => "Nothing was done about it: adversarial.collapse stop or lowerStep would.",
    };

    private static Html Status(ReportData data)
    {
        var (spec, summary) = (data.Spec, data.Summary);
        var epochs = Figures.Epochs(summary.Epochs);
        return summary.Status switch
        {
            RunStatus.Completed => Html.Of(
                $"""<strong class="good">Completed</strong>: {(spec.Epochs > 1 ? "all " : "")}{Figures.Plural(spec.Epochs, "epoch")}, {Figures.Plural(summary.Steps, "step")}. {Kept(data)}"""),
            RunStatus.StoppedEarly when spec.Adversarial.Collapse == CollapseChoice.Stop && summary.CollapsedAt is not null => Html.Of(
                $"""<strong class="bad">Stopped</strong> after {epochs} of {Figures.Plural(spec.Epochs, "epoch")}, since training collapsed. {Kept(data)}"""),
            RunStatus.StoppedEarly => Html.Of(
                $"""<strong class="good">Stopped early</strong> after {epochs} of {Figures.Plural(spec.Epochs, "epoch")}: the {Words.Of(spec.EarlyStopping.Metric)} had not improved for {Figures.Plural(spec.EarlyStopping.Patience, "evaluation")}. {Kept(data)}"""),
            _ => Html.Of(
                $"""<strong class="bad">Interrupted</strong> after {Figures.Plural(summary.Steps, "step")}, {epochs} of {Figures.Plural(spec.Epochs, "epoch")}. The run can be resumed; there are no test scores yet."""),
        };
    }

    private static string Kept(ReportData data) => data.Spec.EarlyStopping.Metric == StoppingMetric.None
        ? "The result is the last state."
        : $"The result is the state with the best {Words.Of(data.Spec.EarlyStopping.Metric)}, "
            + $"after {Figures.Plural(data.Summary.BestStep, "step")} (epoch {Words.EpochOf(data, data.Summary.BestStep)}).";

    private static string Circumstances(ReportData data) =>
        $"{data.Spec.Data.Name}, {Words.OfShape(data.Data.InputShape)}, {Figures.Count(data.Data.Classes)} classes; "
        + $"{Figures.Count(data.Data.TrainRows)} training, {Figures.Count(data.Data.ValidationRows)} validation and "
        + $"{Figures.Count(data.Data.TestRows)} test rows. Trained in {Figures.Duration(data.Summary.Seconds)} by "
        + $"{Figures.Plural(data.Summary.Workers, "worker")} on the {data.Summary.Engine} engine.";
}

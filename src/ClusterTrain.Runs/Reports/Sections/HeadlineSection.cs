using ClusterTrain.Numerics.Layers.Convolution;
using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Runs.Reports.Content;
using ClusterTrain.Runs.Reports.Pages;
using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Runs.Reports.Sections;

/// <summary>The figures a reader looks for first.</summary>
internal static class HeadlineSection
{
    private const int ShortHash = 12;

    public static Html Of(ReportData data) => Html.Of($"""
        <dl class="figures">
        {Accuracy(data)}
        {Robust(data)}
        {Figure("Training speed", Figures.Rate(data.Summary.ExamplesPerSecond), "examples/s, evaluations left out")}
        {Figure("Epochs", Figures.Epochs(data.Summary.Epochs), $"of {Figures.Count(data.Spec.Epochs)}; {Figures.Plural(data.Summary.Steps, "step")} of {Figures.Plural(data.Spec.Batch.Size, "row")}")}
        {Figure("Parameters", Figures.Count(data.Summary.Parameters), $"in {Layers(data)}")}
        {Hash(data)}
        </dl>
        """);

    private static Html Accuracy(ReportData data) => data.Summary switch
    {
        { Test: { } test } => Figure(
            "Clean test accuracy", Figures.Percent(test.Accuracy), $"on {Figures.Plural(data.Data.TestRows, "row")}"),
        { Validation: { } validation } => Figure(
            "Clean validation accuracy", Figures.Percent(validation.Accuracy), SoFar(data)),
        _ => Figure("Clean test accuracy", "–", "not measured yet"),
    };

    private static Html Robust(ReportData data) => data.Summary switch
    {
        { Test: { RobustAccuracy: { } robust, Attack: var attack } } => Figure(
            "Robust test accuracy", Figures.Percent(robust), Html.Of($"under <code>{attack}</code>{Words.FirstRows(data.Spec.Evaluation.TestAttackRows, data.Data.TestRows)}")),
        { Test: not null } => Figure("Robust test accuracy", "–", "not measured: the spec names no test attack"),
        { Validation.RobustAccuracy: { } robust } => Figure(
            "Robust validation accuracy", Figures.Percent(robust), SoFar(data)),
        _ => Figure("Robust test accuracy", "–", "not measured yet"),
    };

    private static string SoFar(ReportData data) => data.Spec.EarlyStopping.Metric == StoppingMetric.None
        ? "at the last evaluation; the test comes at the end of the run"
        : "at the best evaluation so far; the test comes at the end of the run";

    private static string Layers(ReportData data)
    {
        var all = LayerSchema.Walk(data.Spec.Network.Layers).Select(item => item.Layer).ToList();
        var (convolutions, dense) = (all.Count(layer => layer is Conv2dLayer), all.Count(layer => layer is DenseLayer));
        return (convolutions > 0 ? $"{Figures.Plural(convolutions, "convolution")} and " : "") + Figures.Plural(dense, "dense layer");
    }

    private static Html Hash(ReportData data)
    {
        var (final, best) = (data.Summary.StateHash, data.Summary.BestStateHash);
        var other = final == best ? Html.None : Html.Of($"""
            <dd class="more">best state so far, after {Figures.Plural(data.Summary.BestStep, "step")}: <code class="hash">{best}</code></dd>
            """);
        return Html.Of($"""
            <div class="wide"><dt>State hash</dt><dd><code>{Short(final)}</code></dd><dd class="more"><code class="hash">{final}</code></dd>{other}</div>
            """);
    }

    private static string Short(string hash) => hash[..Math.Min(ShortHash, hash.Length)];

    private static Html Figure(string name, string value, string more) => Figure(name, value, Html.Of($"{more}"));

    private static Html Figure(string name, string value, Html more) => Html.Of($"""
        <div><dt>{name}</dt><dd>{value}</dd><dd class="more">{more}</dd></div>
        """);
}

using ClusterTrain.Runs.Reports.Content;
using ClusterTrain.Runs.Reports.Pages;
using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Runs.Reports.Sections;

/// <summary>Every evaluation as a row of numbers.</summary>
internal static class EvaluationsSection
{
    private const int MostOpenRows = 24;

    public static Html Of(ReportData data) => Html.Of($"""
        <section><h2>Evaluations</h2>
        {Content(data)}
        </section>
        """);

    private static Html Content(ReportData data)
    {
        if (data.Evaluations.Count == 0) return Html.Of($"""<p class="soft">Nothing was evaluated yet.</p>""");
        var table = Html.Of($"""
            <div class="scroll" tabindex="0" role="region" aria-label="Evaluations"><table>
            <thead><tr><th scope="col">Step</th><th scope="col">Epoch</th><th scope="col" class="word">Split</th><th scope="col">Loss</th><th scope="col">Accuracy</th><th scope="col">Robust accuracy</th><th scope="col">Time</th><th scope="col" class="word">State</th></tr></thead>
            <tbody>
            {data.Evaluations.Select(record => Row(data, record))}</tbody></table></div>
            """);
        var shown = data.Evaluations.Count <= MostOpenRows
            ? table : Html.Of($"<details><summary>All {Figures.Count(data.Evaluations.Count)} evaluations</summary>{table}</details>");
        return Html.Of($"{shown}{Attacks(data)}");
    }

    private static Html Row(ReportData data, MetricsRecord record)
    {
        var isKept = record.Step == data.Summary.BestStep && data.Spec.EarlyStopping.Metric != StoppingMetric.None;
        var isBest = isKept && record.Split == MetricsRecord.Validation;
        return Html.Of($"""
            <tr{new Html(isKept ? " class=\"kept\"" : "")}><td>{Figures.Count(record.Step)}</td><td>{Figures.Epochs(record.Epoch)}</td><td class="word">{record.Split}</td><td>{Figures.Loss(record.Loss)}</td><td>{Figures.Percent(record.Accuracy)}</td><td>{Figures.PercentOrDash(record.RobustAccuracy)}</td><td>{Figures.Duration(record.Seconds)}</td><td class="word">{(isBest ? "best" : "")}</td></tr>

            """);
    }

    private static string FirstRows(ReportData data, string split) => split == MetricsRecord.Validation
        ? Words.FirstRows(data.Spec.Evaluation.ValidationAttackRows, data.Data.ValidationRows)
        : Words.FirstRows(data.Spec.Evaluation.TestAttackRows, data.Data.TestRows);

    private static Html Attacks(ReportData data)
    {
        var attacks = data.Evaluations.Where(record => record.Attack is not null)
            .Select(record => (record.Split, record.Attack)).Distinct().ToList();
        return attacks.Count == 0 ? Html.None : Html.Of($"""
            <p class="soft">Robust accuracy is the share of rows that stay right under attack: {attacks.Select((attack, index) =>
                Html.Of($"{(index == 0 ? "" : "; ")}{attack.Split} <code>{attack.Attack}</code>{FirstRows(data, attack.Split)}"))}.</p>
            """);
    }
}

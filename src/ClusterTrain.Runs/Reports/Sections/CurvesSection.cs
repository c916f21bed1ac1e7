using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Dropout;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Runs.Reports.Charts;
using ClusterTrain.Runs.Reports.Content;
using ClusterTrain.Runs.Reports.Pages;
using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Runs.Reports.Sections;

/// <summary>How the run went: losses over steps, accuracies over epochs.</summary>
internal static class CurvesSection
{
    public static Html Of(ReportData data)
    {
        List<MetricsRecord> validations = [.. data.Evaluations.Where(record => record.Split == MetricsRecord.Validation)];
        return Html.Of($"""
            <section><h2>Curves</h2>
            <div class="curves">
            {Losses(data, validations)}
            {Accuracies(data, validations)}
            </div></section>
            """);
    }

    private static Html Losses(ReportData data, List<MetricsRecord> validations)
    {
        if (data.Losses.Count == 0 && validations.Count == 0)
            return Missing("Loss", "No step was committed.");
        var training = Training(data.Losses);
        var validation = new ChartSeries(
            "validation", Last(validations, record => Figures.Loss(record.Loss)), 2,
            [.. validations.Select(record => new ChartPoint(record.Step, record.Loss, $"step {Figures.Count(record.Step)}: {Figures.Loss(record.Loss)}"))],
            HasMarkers: true);
        var points = training.Points.Concat(validation.Points).Where(point => point.IsFinite).ToList();
        var chart = new LineChart(
            $"Loss over {Figures.Plural(data.Summary.Steps, "step")}. {Trend(training)}{Trend(validation)}",
            ChartAxis.OfCounts("step", points.Select(point => point.X).Append(data.Summary.Steps)),
            ChartAxis.FromZero("cross-entropy, mean of a row", points.SelectMany(point => new[] { point.Low, point.High })),
            Present(training, validation),
            Rule(data, data.Summary.BestStep));
        return Figure("Loss", chart, LossCaption(data));
    }

    private static ChartSeries Training(IReadOnlyList<LossPoint> losses) => new(
        "training", losses.Count == 0 ? "" : Figures.Loss(losses[^1].Mean), 1,
        [.. losses.Select(point => new ChartPoint((point.First + point.Last) / 2.0, point.Mean, point.Min, point.Max))],
        HasMarkers: false);

    private static string LossCaption(ReportData data)
    {
        var most = data.Losses.Select(point => point.Last - point.First + 1).DefaultIfEmpty(0).Max();
        var thinned = most > 1
            ? $" The line is the mean of up to {Figures.Plural(most, "step")}, the band their lowest and highest."
            : "";
        // Without this the validation loss below the training loss looks like a mistake.
        var rows = data.Spec.Adversarial.Attack is NoAttack || data.Spec.Adversarial.Fraction == 0
            ? "" : " on attacked rows";
        var network = data.Spec.Network.Layers.Any(layer => layer is DropoutLayer)
            ? " with dropout" : "";
        var difference = rows.Length + network.Length == 0
            ? "" : $" Training loss is measured{rows}{network}, validation loss on clean rows with the whole network.";
        return $"Training loss of each step, validation loss at each evaluation.{difference}{thinned}";
    }

    private static Html Accuracies(ReportData data, List<MetricsRecord> validations)
    {
        if (validations.Count == 0)
            return Missing("Validation accuracy", "Nothing was evaluated yet.");
        var clean = Accuracy("clean", 1, validations, record => record.Accuracy);
        var robust = Accuracy("robust", 2, validations, record => record.RobustAccuracy);
        var points = clean.Points.Concat(robust.Points).Where(point => point.IsFinite).ToList();
        var chart = new LineChart(
            $"Validation accuracy over {Figures.Epochs(data.Summary.Epochs)} epochs. {Trend(clean)}{Trend(robust)}",
            ChartAxis.OfCounts("epoch", points.Select(point => point.X).Append(data.Summary.Epochs)),
            ChartAxis.OfPercent("share of rows classified right", points.Select(point => point.Y)),
            Present(clean, robust),
            Rule(data, Words.EpochAt(data, data.Summary.BestStep)));
        var attack = validations[^1].Attack;
        return Figure("Validation accuracy", chart, attack is null
            ? "No validation attack: clean accuracy alone."
            : $"Robust: still right under {attack}{Words.FirstRows(data.Spec.Evaluation.ValidationAttackRows, data.Data.ValidationRows)}.");
    }

    private static ChartSeries Accuracy(
        string name, int color, List<MetricsRecord> validations, Func<MetricsRecord, double?> share)
    {
        List<MetricsRecord> measured = [.. validations.Where(record => share(record) is not null)];
        return new ChartSeries(
            name, Last(measured, record => Figures.Percent(share(record)!.Value)), color,
            [.. measured.Select(record => new ChartPoint(
                record.Epoch, 100 * share(record)!.Value, $"epoch {Figures.Epochs(record.Epoch)}: {Figures.Percent(share(record)!.Value)}"))],
            HasMarkers: true);
    }

    /// <summary>The best version; without one that is tracked there is nothing to mark.</summary>
    private static ChartRule? Rule(ReportData data, double x) =>
        data.Spec.EarlyStopping.Metric == StoppingMetric.None || data.Summary.BestStep == 0
            ? null : new ChartRule(x, $"best: epoch {Words.EpochOf(data, data.Summary.BestStep)}");

    private static ChartSeries[] Present(params ChartSeries[] series) =>
        [.. series.Where(line => line.Points.Any(point => point.IsFinite))];

    private static string Last(List<MetricsRecord> records, Func<MetricsRecord, string> text) =>
        records.Count == 0 ? "" : text(records[^1]);

    private static string Trend(ChartSeries series)
    {
        var finite = series.Points.Where(point => point.IsFinite).ToList();
        return finite.Count == 0 ? "" : $"{series.Name}: from {Figures.Rate(finite[0].Y)} to {Figures.Rate(finite[^1].Y)}. ";
    }

    private static Html Figure(string title, LineChart chart, string caption) => Html.Of($"""
        <figure><h3>{title}</h3>
        {chart.ToHtml()}
        <figcaption>{caption}</figcaption></figure>
        """);

    private static Html Missing(string title, string why) => Html.Of($"""
        <div><h3>{title}</h3><p class="soft">{why}</p></div>
        """);
}

using System.Globalization;
using ClusterTrain.Runs.Reports.Pages;
using ClusterTrain.Runs.Results;
using ClusterTrain.Studies.Variance.Arms;
using ClusterTrain.Studies.Variance.Estimation;

namespace ClusterTrain.Studies.Variance.Report;

/// <summary>All numbers, for those who want them.</summary>
internal static class ResultTables
{
    public static Html Moments(VarianceResult result) => Table(
        "Shares of the error, with the interval over test rows and models",
        ["arm", "V", "C", "ρ = C/V", "optimization variance V − C", "sampling variance", "bias² and noise"],
        Known(result).Select(arm => Row(
            Word(arm.Id), Cell(arm.Moments!.V), Cell(arm.Moments.C), Cell(arm.Moments.Rho), Cell(arm.Moments.Optimization),
            Cell(arm.Moments.Sampling), Cell(arm.Moments.BiasAndNoise))));

    public static Html Changes(VarianceResult result) => Table(
        "Change against arm a: this arm minus a, on the same test rows",
        ["arm", "change in C", "change in ρ", "change in V"],
        result.Arms.Where(arm => arm.Change is not null).Select(arm => Row(Word(arm.Id), Change(arm.Change!.C), Change(arm.Change.Rho), Change(arm.Change.V))));

    public static Html Kinds(VarianceResult result) => Table(
        "The same three figures with each interval apart: over test rows (bootstrap), over models (jackknife), over both",
        ["arm", "figure", "value", "test rows", "models", "both"],
        Known(result).SelectMany(arm => new[] { ("V", arm.Moments!.V), ("C", arm.Moments.C), ("ρ", arm.Moments.Rho) }.Select(figure => Row(
            Word(arm.Id), Word(figure.Item1), Plain(Verdict.Plain(figure.Item2.Value)), Plain(Range(figure.Item2.Points)),
            Plain(Range(figure.Item2.Models)), Plain(Range(figure.Item2.Total))))));

    public static Html Sets(VarianceResult result) => Table(
        "Training set by training set: the spread stands as it is, without an interval",
        ["arm", "set", "members", "V", "C", "ρ"],
        Known(result).SelectMany(arm => arm.Moments!.PerSet.Select(set => Row(
            Word(arm.Id), Count(set.Set), Count(set.Members), Plain(Verdict.Plain(set.V)), Plain(Verdict.Plain(set.C)), Plain(Verdict.Plain(set.Rho))))));

    public static Html Scores(VarianceResult result) => Table(
        "Ensembles as they were formed. The formula speaks of the squared error alone: to accuracy, negative log-likelihood (NLL) and calibration error (ECE) the formula does not apply.",
        ["arm", "k", "by the formula", "squared error", "accuracy", "NLL", "ECE", "ensembles a set"],
        result.Arms.SelectMany(arm => arm.Curve.Select(point => Row(
            Word(arm.Id), Count(point.K), Plain(Verdict.Plain(point.Formula)), Plain(Verdict.Plain(point.Measured.Mse)),
            Plain(Figures.Percent(point.Measured.Accuracy)), Plain(Verdict.Plain(point.Measured.Nll)), Plain(Verdict.Plain(point.Measured.Ece)),
            Plain($"{Figures.Count(point.Ensembles)} {(point.AreAll ? "(all)" : "(drawn)")}")))));

    public static Html HeldOut(VarianceResult result) => Table(
        "Held out: V and C of pool A foretell ensembles of pool B; and the regression of the whole pool's measured error on 1/k (its intercept should be C, its slope V − C)",
        ["arm", "k", "foretold by A", "measured on B", "residual", "regression on 1/k"],
        result.Arms.SelectMany(arm => arm.HeldOut.Select((point, i) => Row(
            Word(arm.Id), Count(point.K), Plain(Verdict.Plain(point.Predicted)), Plain(Verdict.Plain(point.Measured)), Change(point.Residual),
            Plain(i > 0 || arm.Regression is not { } line ? "" : $"{Verdict.Plain(line.Intercept)} + {Verdict.Plain(line.Slope)}/k")))));

    public static Html Work(VarianceResult result, StudyTimings timings) => Table(
        string.Create(CultureInfo.InvariantCulture, $"Equal work and equal time: how many members an arm affords for what {timings.Budget} plain networks cost, and the error it reaches by the formula. Time was measured on this machine and differs from run to run."),
        ["arm", "training, GFLOP a member", "inference, MFLOP a row", "equal training work", "equal inference work", "seconds a training", "equal training time"],
        result.Arms.Select(arm =>
        {
            var time = timings.Arms.FirstOrDefault(time => time.Id == arm.Id);
            var isOnce = arm.Work.TrainingEach == 0;
            return Row(
                Word(arm.Id), Plain(isOnce ? $"{Number(arm.Work.TrainingOnce)} for all" : Number(arm.Work.TrainingEach)), Plain(Number(arm.Work.InferenceEach)),
                Plain(Equal(arm.EqualTraining)), Plain(Equal(arm.EqualInference)), Plain(time is null ? "" : Figures.Rate(time.SecondsEach)),
                Plain(time is { EqualTimeMembers: { } k } ? Equal(k, time.EqualTimeMse) : "–"));
        }));

    public static Html Apart(VarianceResult result) => Table(
        "One network and its masks: four ways to predict that are easily taken for each other (means over training sets)",
        ["arm", "prediction", "squared error", "accuracy", "NLL", "ECE"],
        result.Arms.SelectMany(arm => arm.Apart.Select(one => Row(
            Word(arm.Id), Word(one.Name), Plain(Verdict.Plain(one.Scores.Mse)), Plain(Figures.Percent(one.Scores.Accuracy)),
            Plain(Verdict.Plain(one.Scores.Nll)), Plain(Verdict.Plain(one.Scores.Ece))))));

    public static Html LeftOut(VarianceResult result) => result.Arms.All(arm => arm.LeftOut.Count == 0) ? Html.None : Table(
        "Trainings that are left out, never averaged in",
        ["arm", "set", "member", "why"],
        result.Arms.SelectMany(arm => arm.LeftOut.Select(one => Row(Word(arm.Id), Count(one.Set), Count(one.Member), Word(one.Why)))));

    private static IEnumerable<ArmResult> Known(VarianceResult result) => result.Arms.Where(arm => arm.Moments is not null);

    private static Html Table(string caption, IReadOnlyList<string> heads, IEnumerable<Html> rows)
    {
        var all = rows.ToList();
        return all.Count == 0 ? Html.None : Html.Of($"""
            <div class="scroll" tabindex="0" role="region" aria-label="{caption}"><table><caption>{caption}</caption><thead><tr>{heads.Select((head, i) => Html.Of($"""<th scope="col" class="{(i == 0 ? "word" : "")}">{head}</th>"""))}</tr></thead>
            <tbody>{all}</tbody></table></div>
            """);
    }

    private static Html Row(params IEnumerable<Html> cells) => Html.Of($"<tr>{cells}</tr>\n");

    private static Html Word(string text) => Html.Of($"""<td class="word">{text}</td>""");

    private static Html Plain(string text) => Html.Of($"<td>{text}</td>");

    private static Html Count(long number) => Html.Of($"<td>{number}</td>");

    private static Html Cell(Estimate? estimate) => estimate is null
        ? Html.Of($"<td>–</td>") : Html.Of($"""<td>{Verdict.Plain(estimate.Value)} <span class="range">{Range(estimate.Total)}</span></td>""");

    private static Html Change(Estimate estimate) =>
        Html.Of($"""<td>{Verdict.Signed(estimate.Value)} <span class="range">{Verdict.Signed(estimate.Total.Low)} to {Verdict.Signed(estimate.Total.High)}</span></td>""");

    private static string Range(Interval interval) => $"{Verdict.Plain(interval.Low)} to {Verdict.Plain(interval.High)}";

    private static string Number(double number) => number.ToString(number >= 100 ? "#,0" : "0.00", CultureInfo.InvariantCulture);

    private static string Equal(EqualWork? equal) => equal is null ? "–" : Equal(equal.K, equal.Mse);

    private static string Equal(int k, double? mse) => mse is { } error ? $"k = {k}: {Verdict.Plain(error)}" : "not even one";
}

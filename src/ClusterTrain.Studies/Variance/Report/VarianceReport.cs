using System.Text;
using ClusterTrain.Runs.Reports.Pages;
using ClusterTrain.Runs.Results;
using ClusterTrain.Studies.Variance.Arms;
using ClusterTrain.Training.Durable;
using Markup = ClusterTrain.Runs.Reports.Pages.Html;

namespace ClusterTrain.Studies.Variance.Report;

/// <summary>A study's <c>report.html</c>: one self-contained page without scripts.</summary>
public static class VarianceReport
{
    /// <summary>The sections' ids, in their order.</summary>
    public static readonly IReadOnlyList<string> Sections =
        ["asked", "verdict", "held-out", "work", "shares", "matrix", "tables", "method", "reproduce"];

    /// <exception cref="FileFailureException">It cannot be written.</exception>
    public static void Write(StudyFolder folder, StudySpec study, VarianceResult result, StudyTimings timings) =>
        AtomicFile.Write(folder.PathOf(StudyFolder.ReportName), Encoding.UTF8.GetBytes(Html(study, result, timings)));

    public static string Html(StudySpec study, VarianceResult result, StudyTimings timings) => HtmlPage.Of(
        $"{result.Study}: ensemble against dropout",
        Markup.Of($"""
            <header>
            <h1>Ensemble against dropout</h1>
            <p class="soft">Study <b>{result.Study}</b>: {result.Data}, {Figures.Plural(result.Sets, "training set")} of {Figures.Plural(result.TrainRows, "row")}, {Figures.Plural(result.Members, "member")} an arm, {Figures.Plural(result.Rows, "test row")}, networks of {Figures.Count(result.Parameters)} parameters</p>
            </header>
            <main>
            {TextSections.Asked(result)}
            {TextSections.Found(result)}
            {HeldOutSection(result)}
            {WorkSection(result)}
            {SharesSection(result)}
            {MatrixSection(result)}
            {Tables(result, timings)}
            {TextSections.Method(result)}
            {TextSections.Reproduce(study, result)}
            </main>
            """),
        VarianceStyle.Css);

    private static Markup HeldOutSection(VarianceResult result) => Markup.Of($"""
        <section id="held-out"><h2>Does the formula foretell other ensembles?</h2>
        <p>On the members that V and C were taken from, the formula is an identity: agreement there proves only that the program adds up. Here every arm's members are split in two pools of equal size. V and C of pool A give the dashed line; the marks are the measured error of ensembles out of pool B, whose members took no part in it. The vertical bar is the interval of their difference, hung on the line: where it holds the line, no difference can be told from none. Each picture has a scale of its own.</p>
        <div class="many">{result.Arms.Where(arm => arm.HeldOut.Count > 0).Select(arm => Markup.Of($"""
            <figure><h3>{arm.Id}: {arm.Title}</h3>{CurveChart.Of(arm, result.Confidence)}</figure>
            """))}</div></section>
        """);

    private static Markup WorkSection(VarianceResult result)
    {
        var plain = result.Baseline.Work;
        return Markup.Of($"""
            <section id="work"><h2>What an ensemble costs, and what it buys</h2>
            <p>Squared error of the mean prediction against what the ensemble costs, in units of one plain network; each mark is twice the members of the one before it. Sub-networks of one network (d, e) are trained once, so more of them cost inference alone: their line stands upright on the left.</p>
            <div class="wide"><figure><h3>Training work</h3>{WorkChart.Of(result.Arms, (work, k) => work.Training(k), plain.Training(1), "training work, in plain networks")}</figure>
            <figure><h3>Inference work</h3>{WorkChart.Of(result.Arms, (work, k) => work.Inference(k), plain.Inference(1), "inference work, in plain networks")}</figure></div></section>
            """);
    }

    private static Markup SharesSection(VarianceResult result) => Markup.Of($"""
        <section id="shares"><h2>What the error is made of</h2>
        <p>{(result.Sets > 1
            ? "The error of one member is a sum of three: what seeds decide (optimization variance, V − C: averaging over seeds takes it away), what the draw of the training set decides (sampling variance: only other data takes it away), and what every network of the arm gets wrong (bias² and noise)."
            : "The error of one member is a sum of two: what seeds decide (optimization variance, V − C: averaging over seeds takes it away) and what members have in common (C). With more than one training set C falls apart further, into the draw of the training set and what every network gets wrong.")}</p>
        <div class="wide"><figure>{ShareBars.Of(result.Arms)}</figure></div></section>
        """);

    private static Markup MatrixSection(VarianceResult result) => Markup.Of($"""
        <section id="matrix"><h2>The matrix G</h2>
        <p>Each cell is the mean product of the errors of two members; V is the mean of the diagonal, C the mean off it, within a training set. Squares along the diagonal, where there are any, are training sets. Each picture has a scale of its own, below it.</p>
        <div class="matrices">{result.Arms.Where(arm => arm.G.Count > 0).Select(MatrixPicture.Of)}</div></section>
        """);

    private static Markup Tables(VarianceResult result, StudyTimings timings) => Markup.Of($"""
        <section id="tables"><h2>All numbers</h2>
        <p class="soft">Intervals at {Figures.Percent(result.Confidence)} each, not corrected for how many there are. Wide tables scroll sideways.</p>
        {ResultTables.Moments(result)}
        {ResultTables.Changes(result)}
        {ResultTables.HeldOut(result)}
        {ResultTables.Work(result, timings)}
        {ResultTables.Apart(result)}
        {ResultTables.Scores(result)}
        {ResultTables.Kinds(result)}
        {ResultTables.Sets(result)}
        {ResultTables.LeftOut(result)}</section>
        """);
}

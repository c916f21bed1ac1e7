using ClusterTrain.Runs.Reports.Content;
using ClusterTrain.Runs.Reports.Pages;
using ClusterTrain.Runs.Reports.Sections;

namespace ClusterTrain.Runs.Reports;

/// <summary>A run's <c>report.html</c>: one self-contained page without scripts, the same bytes for the same data.</summary>
internal static class RunReport
{
    public static string Html(ReportData data) => HtmlPage.Of(
        $"{data.Spec.Name}: ClusterTrain run",
        Pages.Html.Of($"""
            <header>
            {StatusSection.Of(data)}
            </header>
            <main>
            {HeadlineSection.Of(data)}
            {CurvesSection.Of(data)}
            {EvaluationsSection.Of(data)}
            {ClassesSection.Of(data)}
            {SamplesSection.Of(data)}
            {OriginSection.Of(data)}
            </main>
            """));
}

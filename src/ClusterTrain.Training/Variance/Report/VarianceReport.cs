using System.Text;
using ClusterTrain.Training.Durable;
using ClusterTrain.Training.Reports.Pages;
using ClusterTrain.Training.Variance.Studies;

namespace ClusterTrain.Training.Variance.Report;

/// <summary>A study's <c>report.html</c>: one self-contained page without scripts.</summary>
public static class VarianceReport
{
    /// <exception cref="RunFolderException">It cannot be written.</exception>
    public static void Write(StudyFolder folder, StudySpec study, VarianceResult result, StudyTimings timings) =>
        AtomicFile.Write(folder.PathOf(StudyFolder.ReportName), Encoding.UTF8.GetBytes(Html(study, result, timings)));

    public static string Html(StudySpec study, VarianceResult result, StudyTimings timings) =>
        HtmlPage.Of($"{result.Study}: ensemble against dropout", Reports.Pages.Html.Of($"<h1>{study.Name}</h1><p>{timings.Budget}</p>"));
}

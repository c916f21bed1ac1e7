using ClusterTrain.Runs.Reports.Content;
using ClusterTrain.Runs.Reports.Pages;
using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Runs.Reports.Sections;

/// <summary>Phrases that more than one section uses.</summary>
internal static class Words
{
    public static string Of(StoppingMetric metric) => metric switch
    {
        StoppingMetric.Loss => "validation loss",
        StoppingMetric.RobustAccuracy => "robust validation accuracy",
        _ => "validation accuracy",
    };

    /// <summary>"28 x 28 pixels", with channels where there are more than one; plain numbers for other shapes.</summary>
    public static string OfShape(IReadOnlyList<int> shape) => shape switch
    {
        [1, var height, var width] => $"{height} × {width} grey pixels",
        [3, var height, var width] => $"{height} × {width} RGB pixels",
        _ => string.Join(" × ", shape) + " inputs",
    };

    /// <summary>" on the first n rows" where an attack saw only those of a split.</summary>
    public static string FirstRows(int attacked, int rows) =>
        attacked > 0 && attacked < rows ? $" on the first {Figures.Plural(attacked, "row")}" : "";

    /// <summary>Epochs done at a version, from the summary's own relation of steps to epochs.</summary>
    public static double EpochAt(ReportData data, long step) =>
        data.Summary.Steps == 0 ? 0 : step * data.Summary.Epochs / data.Summary.Steps;

    public static string EpochOf(ReportData data, long step) => Figures.Epochs(EpochAt(data, step));
}

using System.Globalization;
using ClusterTrain.Runs.Reports.Pictures;
using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Runs.Reports.Content;

/// <summary>Everything that a run's report shows: the page is a pure function of it.</summary>
/// <param name="Evaluations">In the order measured.</param>
/// <param name="Losses">Training loss of the committed steps, thinned.</param>
/// <param name="Tallies">How the kept state does on each class, by class; empty where there are no test rows.</param>
/// <param name="Gallery">Null if the rows are no pictures.</param>
internal sealed record ReportData(
    RunSpec Spec,
    RunSummary Summary,
    DataFacts Data,
    IReadOnlyList<MetricsRecord> Evaluations,
    IReadOnlyList<LossPoint> Losses,
    IReadOnlyList<ClassTally> Tallies,
    SampleGallery? Gallery,
    ReportCommands Commands);

/// <summary>The sizes of the data set as loaded.</summary>
/// <param name="InputShape">Channels, height, width.</param>
internal sealed record DataFacts(int TrainRows, int ValidationRows, int TestRows, IReadOnlyList<int> InputShape, int Classes)
{
    /// <summary>What the classes are called; empty where nothing says so.</summary>
    public IReadOnlyList<string> ClassNames { get; init; } = [];

    /// <summary>A class as a reader knows it: its name, else <c>class 3</c>.</summary>
    public string Called(int label) =>
        label < ClassNames.Count ? ClassNames[label] : string.Create(CultureInfo.InvariantCulture, $"class {label}");
}

/// <summary>What a reader types to see for themselves.</summary>
/// <param name="Reproduce">Trains again from the spec.</param>
/// <param name="Verify">Re-executes steps of this run.</param>
/// <param name="Resume">Goes on where the run was interrupted; null if it was not.</param>
internal sealed record ReportCommands(string Reproduce, string Verify, string? Resume);

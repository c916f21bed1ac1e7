using ClusterTrain.Runs.Reports.Pictures;
using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Runs.Reports.Content;

/// <summary>Everything that a run's report shows: the page is a pure function of it.</summary>
/// <param name="Evaluations">In the order measured.</param>
/// <param name="Losses">Training loss of the committed steps, thinned.</param>
/// <param name="Gallery">Null if the rows are no pictures.</param>
internal sealed record ReportData(
    RunSpec Spec,
    RunSummary Summary,
    DataFacts Data,
    IReadOnlyList<MetricsRecord> Evaluations,
    IReadOnlyList<LossPoint> Losses,
    SampleGallery? Gallery,
    ReportCommands Commands);

/// <summary>The sizes of the data set as loaded.</summary>
/// <param name="InputShape">Channels, height, width.</param>
internal sealed record DataFacts(int TrainRows, int ValidationRows, int TestRows, IReadOnlyList<int> InputShape, int Classes);

/// <summary>What a reader types to see for themselves.</summary>
/// <param name="Reproduce">Trains again from the spec.</param>
/// <param name="Verify">Re-executes steps of this run.</param>
/// <param name="Resume">Goes on where the run was interrupted; null if it was not.</param>
internal sealed record ReportCommands(string Reproduce, string Verify, string? Resume);

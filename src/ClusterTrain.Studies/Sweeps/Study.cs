using ClusterTrain.Studies.Execution;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Studies.Sweeps;

/// <summary>An experiment over specs, worked out: each cell's spec is valid, none has been run.</summary>
/// <param name="Name">As in the file.</param>
/// <param name="Seeds">Each cell is run once with each.</param>
/// <param name="Factors">In the order of the file; empty for a search.</param>
/// <param name="Search">How cells were drawn; null for a factorial.</param>
/// <param name="Cells">All combinations of levels, the last factor changing fastest; or the trials.</param>
public sealed record Study(
    string Name, IReadOnlyList<long> Seeds, IReadOnlyList<StudyFactor> Factors, StudySearch? Search, IReadOnlyList<StudyCell> Cells)
{
    /// <summary>What is trained: cell after cell, seed after seed.</summary>
    public IReadOnlyList<CellRun> Runs => [.. Cells.SelectMany(cell => Seeds.Select(seed => new CellRun(cell, seed)))];
}

/// <summary>What is varied, in named steps.</summary>
public sealed record StudyFactor(string Name, IReadOnlyList<string> Levels);

/// <summary>Random search (Bergstra and Bengio 2012): settings drawn independently, the best chosen by a validation metric.</summary>
/// <param name="Trials">Settings that were asked for.</param>
/// <param name="Seed">Of the draws alone; the runs have their own.</param>
/// <param name="Metric">By which the best is chosen.</param>
public sealed record StudySearch(int Trials, long Seed, SearchMetric Metric);

/// <summary>A metric on validation rows, larger being better; never one on test rows.</summary>
public enum SearchMetric
{
    Accuracy,
    RobustAccuracy,
}

/// <summary>One combination of settings.</summary>
/// <param name="Name">For people: <c>dropout=half, l2=none</c>, or <c>trial-03</c>.</param>
/// <param name="Folder">The same, safe as a folder's name.</param>
/// <param name="Levels">Level of each factor, in their order; empty for a search.</param>
/// <param name="Settings">What the cell changes in the base spec: path and value as written.</param>
/// <param name="Spec">Valid; its seed is replaced by each of the study's.</param>
public sealed record StudyCell(
    string Name, string Folder, IReadOnlyList<string> Levels, IReadOnlyList<StudySetting> Settings, RunSpec Spec);

/// <summary>A key and what a cell sets it to, on one line.</summary>
public sealed record StudySetting(string Path, string Value);

/// <summary>One training: a cell with a seed.</summary>
public sealed record CellRun(StudyCell Cell, long Seed)
    : StudyRun(FormattableString.Invariant($"cells/{Cell.Folder}/seed-{Seed}"), Cell.Spec with { Seed = Seed })
{
    public override string ToString() => FormattableString.Invariant($"{Cell.Name}, seed {Seed}");
}

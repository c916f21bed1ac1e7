using System.CommandLine;
using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Progress;
using ClusterTrain.Runs.Comparison;
using ClusterTrain.Runs.Results;

namespace ClusterTrain.Node.Commands;

/// <summary><c>compare RUN RUN...</c>: what differs in the specs, the curves, and the results, side by side.</summary>
internal static class CompareCommand
{
    private const string Description =
        "Compare runs: differences between their specs, validation curves, results and state hashes.";

    public static Command Create(Surroundings surroundings, Option<bool> verbose)
    {
        var runs = new Argument<string[]>("RUN") { Description = "Folders of two or more runs.", Arity = new ArgumentArity(2, 100) };
        var command = new Command("compare", Description) { runs };
        command.SetAction(result => Guard.Run(surroundings, result.GetValue(verbose), () =>
        {
            var paths = result.GetValue(runs)!;
            var comparison = RunComparison.Of([.. paths.Select(path => RunFolders.Existing(surroundings, path))]);
            Show(surroundings.Out, paths, comparison);
            return ExitCode.Done;
        }));
        return command.With(
            "compare runs/quickstart runs/quickstart-2");
    }

    private static void Show(TextWriter output, IReadOnlyList<string> paths, RunComparison comparison)
    {
        List<IReadOnlyList<string>> table = [["", .. paths]];
        table.Add(["Spec"]);
        table.AddRange(comparison.SpecDifferences.Count == 0
            ? [["  (the same)"]]
            : comparison.SpecDifferences.Select(row => (IReadOnlyList<string>)["  " + row.Key, .. row.Values]));
        table.Add(["Validation: accuracy, robust, by epoch"]);
        table.AddRange(comparison.Curves.Select(row => (IReadOnlyList<string>)
            ["  " + row.Epoch.ToString("0.##", System.Globalization.CultureInfo.InvariantCulture), .. row.Points.Select(Point)]));
        table.Add(["Results"]);
        table.AddRange(comparison.Results.Select(row => (IReadOnlyList<string>)["  " + row.Key, .. row.Values]));
        foreach (var line in TextTable.Lines(table)) output.WriteLine(line);
        output.WriteLine(comparison.HaveSameState ? "The runs' final states are the same to the bit." : "The runs' final states differ.");
    }

    private static string Point(ComparisonPoint? point) => point is null ? "-"
        : Figures.Percent(point.Accuracy) + (point.RobustAccuracy is { } robust ? $", {Figures.Percent(robust)}" : "");
}

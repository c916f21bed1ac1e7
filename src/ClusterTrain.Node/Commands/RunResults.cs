using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Progress;
using ClusterTrain.Runs.Results;

namespace ClusterTrain.Node.Commands;

/// <summary>The table that ends a run.</summary>
internal static class RunResults
{
    public static void Show(Surroundings surroundings, bool json, RunFolder folder, RunSummary summary)
    {
        if (json)
        {
            surroundings.Out.WriteLine(File.ReadAllText(folder.SummaryPath).TrimEnd());
            return;
        }

        var rows = Rows(summary, RunFolders.Shown(surroundings, folder.FullPath)).ToList();
        var width = rows.Max(row => row.Name.Length);
        surroundings.Out.WriteLine();
        foreach (var (name, value) in rows) surroundings.Out.WriteLine($"  {name.PadRight(width)}  {value}");
    }

    private static IEnumerable<(string Name, string Value)> Rows(RunSummary summary, string folder)
    {
        yield return ("status", Status(summary));
        if (summary.Test is { } test)
        {
            yield return ("test accuracy, clean", Figures.Percent(test.Accuracy));
            if (test.RobustAccuracy is { } robust)
                yield return ("test accuracy, robust", $"{Figures.Percent(robust)} under {test.Attack}" + (test.Doubt is null ? "" : ": NOT TO BE BELIEVED"));
            if (test.Doubt is { } doubt) yield return ("what does not hold", doubt);
        }

        if (summary.Validation is { } validation)
        {
            var robust = validation.RobustAccuracy is { } share ? $", robust {Figures.Percent(share)}" : "";
            yield return ("validation accuracy", Figures.Percent(validation.Accuracy) + robust);
        }

        if (summary.CollapsedAt is { } collapsed)
            yield return ("one-step training", $"COLLAPSED, as validation saw at step {string.Join(", ", collapsed)}");
        if (summary.Train is { } train)
            yield return ("training accuracy", $"{Figures.Percent(train.Accuracy)}, loss {Figures.Loss(train.Loss)}");
        yield return ("speed", $"{Figures.Rate(summary.ExamplesPerSecond)} examples/s with {summary.Workers} workers");
        yield return ("time", Figures.Duration(summary.Seconds));
        yield return ("state hash", summary.StateHash);
        yield return ("run folder", folder);
    }

    private static string Status(RunSummary summary)
    {
        var at = $"{summary.Steps} steps, {summary.Epochs:0.##} epochs";
        return summary.Status switch
        {
            RunStatus.Completed when summary.BestStep != summary.Steps => $"completed: {at}; the result is the best state, of step {summary.BestStep}",
            RunStatus.Completed => $"completed: {at}",
            RunStatus.StoppedEarly when summary.BestStep == summary.Steps => $"stopped early: {at}",
            RunStatus.StoppedEarly => $"stopped early: {at}; the result is the best state, of step {summary.BestStep}",
            _ => $"interrupted: {at}",
        };
    }
}

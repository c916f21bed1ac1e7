using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Progress;
using ClusterTrain.Runs.Results;
using ClusterTrain.Studies.Sweeps;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Node.Commands;

/// <summary>
/// <c>train --folds k</c>: one run for each fold, each in a folder of its own and a run like any other, and what they
/// come to together.
/// </summary>
internal sealed class FoldsSession(Surroundings surroundings, TrainRequest request, int folds)
{
    private const int MostFolds = 1000;

    /// <summary>With JSON, the folds' own tables go where progress goes.</summary>
    private Surroundings Shown => request.Json ? surroundings with { Out = surroundings.Error } : surroundings;

    public int Run()
    {
        if (folds is < 2 or > MostFolds) throw new WrongInputException($"--folds {folds}: allowed are 2 to {MostFolds}");
        var (specPath, spec, folder) = Input();
        // Before the first fold trains for nothing.
        EngineCatalogue.Get(request.Engine);
        SpecInput.LoadData(surroundings, spec, request.Data);
        List<FoldResult> results = [];
        for (var fold = 1; fold <= folds; fold++)
        {
            var code = Run(specPath, folder, fold);
            if (code != ExitCode.Done) return code;
            results.Add(FoldResult.Of(fold, SummaryFile.Read(FolderOf(folder, fold))));
        }

        var all = CrossValidation.Of(spec.Name, results);
        all.Write(folder);
        if (request.Json) surroundings.Out.WriteLine(all.ToJson());
        else Show(all, RunFolders.Shown(surroundings, folder));
        return ExitCode.Done;
    }

    /// <summary>The spec of all folds (with the first one chosen), the file it is in, and the folder of the runs.</summary>
    private (string? Path, RunSpec Spec, string Folder) Input()
    {
        if (request is { Resume: true, Spec: null, Sets.Count: 0, Out: { } named })
        {
            var first = RunFolders.Existing(surroundings, Path.Combine(named, FoldResult.FolderOf(1)));
            var spec = SpecInput.Load(surroundings, first.SpecPath, []);
            if (spec.Data.Folds != folds)
                throw new WrongInputException($"--folds {folds}: the run in {named} has {spec.Data.Folds} folds");
            return (first.SpecPath, spec, surroundings.PathOf(named));
        }

        var given = SpecInput.Load(surroundings, request.Spec, request.Sets);
        if (given.Data.Folds != 0)
        {
            throw new WrongInputException(
                $"--folds {folds}: the spec is that of a single fold already (data.folds is {given.Data.Folds}); leave out --folds to train that fold, "
                + "or data.folds to train them all");
        }

        var folder = request.Out is { } chosen ? surroundings.PathOf(chosen)
            : request.Resume ? RunFolders.Newest(surroundings, given.Name) : RunFolders.Fresh(surroundings, given.Name);
        var one = SpecInput.Load(surroundings with { Error = TextWriter.Null }, request.Spec, [.. request.Sets, .. Sets(1)]);
        return (request.Spec, one, folder);
    }

    private int Run(string? specPath, string folder, int fold)
    {
        Shown.Out.WriteLine($"Fold {fold} of {folds}:");
        var run = FolderOf(folder, fold);
        return new TrainSession(Shown, request with
        {
            Spec = specPath,
            Sets = [.. request.Sets, .. Sets(fold)],
            Out = run.FullPath,
            Resume = request.Resume && File.Exists(run.SpecPath),
            Json = false,
            GoOn = $"train --folds {folds} --resume --out {RunFolders.Shown(surroundings, folder)}",
        }).Run();
    }

    private string[] Sets(int fold) => [$"data.folds={folds}", $"data.fold={fold}"];

    private static RunFolder FolderOf(string folder, int fold) => new(Path.Combine(folder, FoldResult.FolderOf(fold)));

    private void Show(CrossValidation all, string folder)
    {
        var isRobust = all.TestRobustAccuracy is not null || all.ValidationRobustAccuracy is not null;
        List<IReadOnlyList<string>> table = [Row(isRobust, "fold", "validation", "robust", "test", "robust")];
        table.AddRange(all.Results.Select(result => Row(
            isRobust, $"{result.Fold}", Share(result.Validation?.Accuracy), Share(result.Validation?.RobustAccuracy),
            Share(result.Test?.Accuracy), Share(result.Test?.RobustAccuracy))));
        table.Add(Row(
            isRobust, "mean", Interval(all.ValidationAccuracy), Interval(all.ValidationRobustAccuracy),
            Interval(all.TestAccuracy), Interval(all.TestRobustAccuracy)));
        surroundings.Out.WriteLine();
        surroundings.Out.WriteLine($"Accuracy over {all.Folds} folds, mean with its 95% t-interval:");
        foreach (var line in TextTable.Lines(table)) surroundings.Out.WriteLine("  " + line);
        surroundings.Out.WriteLine($"  written to {Path.Combine(folder, CrossValidation.FileName)}");
    }

    private static string[] Row(bool isRobust, string fold, string validation, string robust, string test, string testRobust) =>
        isRobust ? [fold, validation, robust, test, testRobust] : [fold, validation, test];

    private static string Share(double? share) => share is { } known ? Figures.Percent(known) : "-";

    private static string Interval(MeanInterval? interval) => interval is null ? "-"
        : Figures.Percent(interval.Mean) + (interval.Margin is { } margin ? $" +- {Figures.Percent(margin)}" : "");
}

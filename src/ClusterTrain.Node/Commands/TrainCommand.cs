using System.CommandLine;
using ClusterTrain.Node.Cli;
using ClusterTrain.Runs.Results;

namespace ClusterTrain.Node.Commands;

/// <summary><c>train [SPEC]</c>: its words. What they do is in <see cref="TrainSession"/>.</summary>
internal static class TrainCommand
{
    private const string Description =
        "Train a model from a run spec and show its results.";

    public static Command Create(Surroundings surroundings, Option<bool> verbose)
    {
        var spec = new Argument<string?>("SPEC") { Description = "Run spec (YAML). None: the embedded quickstart.", Arity = ArgumentArity.ZeroOrOne };
        var (set, data, workers, json) = (CommonOptions.Set(), CommonOptions.Data(), CommonOptions.Workers(), CommonOptions.Json());
        var engine = new Option<string>("--engine")
        {
            Description = $"How workers and server meet: {EngineCatalogue.Summaries}.",
            HelpName = EngineCatalogue.Choice,
            DefaultValueFactory = _ => EngineCatalogue.Default,
        };
        var output = new Option<string?>("--out") { Description = "The run's folder (default: runs/NAME, the first that is free).", HelpName = "DIR" };
        var resume = new Option<bool>("--resume") { Description = "Go on from the newest checkpoint of the run in --out, to the same bits." };
        var goOn = new Option<bool>("--go-on") { Description = "As --resume where --out has the run already, else from the beginning: for what starts the program again." };
        var folds = new Option<int?>("--folds")
        {
            Description = "Cross-validation: train once for each of k stratified folds, which validates it, each run in OUT/fold-N.",
            HelpName = "k",
        };
        var command = new Command("train", Description) { spec, set, data, workers, engine, output, resume, goOn, folds, json };
        command.SetAction(result => Guard.Run(surroundings, result.GetValue(verbose), () =>
        {
            var request = new TrainRequest(
                result.GetValue(spec), result.GetValue(set) ?? [], result.GetValue(data),
                CommonOptions.Checked(result.GetValue(workers)), result.GetValue(engine)!, result.GetValue(output),
                result.GetValue(resume) || GoesOn(surroundings, result.GetValue(goOn), result.GetValue(output)), result.GetValue(json));
            return result.GetValue(folds) is { } count
                ? new FoldsSession(surroundings, request, count).Run()
                : new TrainSession(surroundings, request).Run();
        }));
        return command.With(
            "train                                          the built-in job: glyphs, under a minute",
            "train cluster-config/runs/fashion-mnist.yaml --data ../data",
            "train my.yaml --set epochs=3 --set optimizer.learningRate=0.05 --workers 4",
            "train --resume --out runs/quickstart           go on after an interruption",
            "train my.yaml --folds 5                        cross-validation: one run a fold, and their mean");
    }

    private static bool GoesOn(Surroundings surroundings, bool isWanted, string? output)
    {
        if (isWanted && output is null) throw new WrongInputException("--go-on: the run's folder is wanted too: --out DIR");
        return isWanted && File.Exists(Path.Combine(surroundings.PathOf(output!), RunFolder.SpecName));
    }
}

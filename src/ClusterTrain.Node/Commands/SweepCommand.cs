using System.CommandLine;
using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Commands;

/// <summary><c>sweep STUDY.yaml</c>: its words. What they do is in <see cref="SweepSession"/>.</summary>
internal static class SweepCommand
{
    private const string Description =
        "Train every combination of a study's levels, or random trials of its search, with every seed; tables with 95% intervals.";

    public static Command Create(Surroundings surroundings, Option<bool> verbose)
    {
        var study = new Argument<string>("STUDY") { Description = "Study (YAML): a base spec, seeds, and factors or a search." };
        var (data, json) = (CommonOptions.Data(), CommonOptions.Json());
        var workers = new Option<int>("--workers")
        {
            Description = "Runs at once, each with one thread, 1 to 1024 (default: one a core). Changes the speed, never a result.",
            HelpName = "N",
            DefaultValueFactory = _ => Environment.ProcessorCount,
        };
        var output = new Option<string?>("--out") { Description = "The study's folder (default: runs/NAME, the first that is free).", HelpName = "DIR" };
        var resume = new Option<bool>("--resume")
        {
            Description = "Go on with the study in --out: runs that are done are kept, others go on. The study may have grown.",
        };
        var command = new Command("sweep", Description) { study, data, workers, output, resume, json };
        command.SetAction(result => Guard.Run(surroundings, result.GetValue(verbose), () => new SweepSession(
            surroundings,
            new SweepRequest(
                result.GetValue(study)!, result.GetValue(data), CommonOptions.Checked(result.GetValue(workers)), result.GetValue(output),
                result.GetValue(resume), result.GetValue(json))).Run()));
        return command.With(
            "sweep cluster-config/studies/data-size.yaml --data ../data",
            "sweep cluster-config/studies/techniques.yaml --data ../data --workers 2 --out runs/techniques",
            "sweep cluster-config/studies/techniques.yaml --data ../data --resume --out runs/techniques     go on after an interruption");
    }
}

using System.CommandLine;
using System.Text.Json;
using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Nodes;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Node.Commands;

/// <summary><c>submit SPEC</c>: gives a cluster a run.</summary>
internal static class SubmitCommand
{
    public static Command Create(Surroundings surroundings, Option<bool> verbose)
    {
        var spec = new Argument<string?>("SPEC") { Description = "Run spec (YAML). None: the embedded quickstart.", Arity = ArgumentArity.ZeroOrOne };
        var (set, server, json) = (CommonOptions.Set(), ServerOption.Create(), CommonOptions.Json());
        var again = new Option<string?>("--again") { Description = "Instead of a spec: a run that was stopped goes on.", HelpName = "RUN" };
        var command = new Command("submit", "Give a cluster a run; it begins when those before it are done.") { spec, set, again, server, json };
        command.SetAction(result => Guard.Run(surroundings, result.GetValue(verbose), () => Run(
            surroundings, result.GetValue(spec), result.GetValue(set) ?? [], result.GetValue(again), result.GetValue(server),
            result.GetValue(json))));
        return command.With(
            "submit cluster-config/runs/fashion-mnist-pgd.yaml",
            "submit my.yaml --set epochs=3 --server http://10.0.0.5:4080/",
            "submit --again fashion-mnist-pgd                a run that was stopped goes on");
    }

    private static int Run(Surroundings surroundings, string? path, string[] sets, string? again, string? server, bool json)
    {
        if (again is not null && (path is not null || sets.Length > 0))
            throw new WrongInputException("--again: the run has its spec already; a SPEC or --set is not allowed beside it");
        var text = again is null ? SpecWriter.Write(SpecInput.Load(surroundings, path, sets)) : "";
        using var cluster = ServerOption.Connect(surroundings, server);
        var submitted = again is null ? cluster.Submit(text) : cluster.SubmitAgain(again);
        surroundings.Out.WriteLine(json
            ? JsonSerializer.Serialize(submitted, NodeJson.Default.Submitted)
            : $"{submitted.Run} is in the line; its folder is {submitted.Folder} on the server. Watch it with: {surroundings.Program} status --watch");
        if (submitted.Warning is { } warning) surroundings.Error.WriteLine($"warning: {warning}");
        return ExitCode.Done;
    }
}

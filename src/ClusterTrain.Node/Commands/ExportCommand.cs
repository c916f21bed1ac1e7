using System.CommandLine;
using ClusterTrain.Node.Cli;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Runs.Export;
using ClusterTrain.Runs.Export.Onnx;
using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.State;

namespace ClusterTrain.Node.Commands;

/// <summary><c>export RUN</c>: a run's best state in the formats of other programs.</summary>
internal static class ExportCommand
{
    private const string Description = "Write a run's best state as a model for other programs: ONNX, safetensors, or both.";

    public static Command Create(Surroundings surroundings, Option<bool> verbose)
    {
        var (run, data) = (RunArgument.Create(), CommonOptions.Data());
        var onnx = new Option<string?>("--onnx") { Description = "Write an ONNX model (operator set 13) to this file: rows in, class scores out.", HelpName = "FILE" };
        var safetensors = new Option<string?>("--safetensors") { Description = "Write the weights, named as in checkpoints, to this file.", HelpName = "FILE" };
        var force = new Option<bool>("--force") { Description = "Write over files that are there already (never over a run's own)." };
        var command = new Command("export", Description) { run, onnx, safetensors, force, data };
        command.SetAction(result => Guard.Run(surroundings, result.GetValue(verbose), () => Export(
            surroundings, result.GetValue(run)!, result.GetValue(onnx), result.GetValue(safetensors), result.GetValue(force), result.GetValue(data))));
        return command.With(
            "export runs/quickstart --onnx quickstart.onnx",
            "export runs/fashion-mnist --safetensors model.safetensors --onnx model.onnx --data ../data");
    }

    private static int Export(Surroundings surroundings, string path, string? onnx, string? safetensors, bool force, string? data)
    {
        if (onnx is null && safetensors is null) throw new WrongInputException("nothing to write: give --onnx FILE, --safetensors FILE, or both");
        string[] targets = [.. new[] { onnx, safetensors }.OfType<string>()];
        foreach (var target in targets) RequireFolder(surroundings, target);
        if (targets.Select(surroundings.PathOf).Distinct(StringComparer.Ordinal).Count() < targets.Length)
            throw new WrongInputException($"{onnx}: is named for both formats; name two files");
        foreach (var target in targets) RequireFree(surroundings, target, force);
        var run = RunArgument.Open(surroundings, path, data);
        var state = run.LoadResult();
        // Made before anything is written, since not every network has one.
        var graph = onnx is null ? null : Graph(run, state);
        if (safetensors is not null)
        {
            SafetensorsExport.Write(surroundings.PathOf(safetensors), run.Context.Spec, run.Context.Data.InputShape, state, run.Context.Data.Scaling);
            surroundings.Out.WriteLine($"{safetensors}: {run.Context.Plan.Network.Tensors.Count} tensors of step {state.Version}");
        }

        if (graph is null) return ExitCode.Done;
        OnnxFile.Write(surroundings.PathOf(onnx!), graph, run.Context.Spec.Name, [("spec", run.SpecHashText), ("stateHash", StateTensors.Hash(state))]);
        surroundings.Out.WriteLine(
            $"{onnx}: {graph.Nodes.Count} operations; {OnnxGraph.Input} [batch, {string.Join(", ", graph.InputShape)}], "
            + $"{OnnxGraph.Output} [batch, {graph.Classes}]");
        return ExitCode.Done;
    }

    private static OnnxGraph Graph(StoredRun run, ModelState state) => OnnxGraph.Of(
        MapShape.Of(run.Context.Data.InputShape), run.Context.Spec.Network.Layers, state.Network, state.Served.Parameters, run.Context.Data.Scaling);

    // What is beside a spec and a ledger is a run's; so is what is in its folder of checkpoints.
    private static void RequireFree(Surroundings surroundings, string target, bool force)
    {
        var path = surroundings.PathOf(target);
        for (var folder = Path.GetDirectoryName(path); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var run = new RunFolder(folder);
            if (File.Exists(run.SpecPath) && File.Exists(run.LedgerPath) && RunFolder.IsOwn(Path.GetRelativePath(folder, path)))
                throw new WrongInputException($"{target}: is a file of the run in {folder}, which an export never writes over; name another file");
        }

        if (File.Exists(path) && !force) throw new WrongInputException($"{target}: is there already; name another file, or say --force to write over it");
    }

    private static void RequireFolder(Surroundings surroundings, string target)
    {
        var path = surroundings.PathOf(target);
        if (Directory.Exists(path)) throw new WrongInputException($"{target}: is a folder; a file is wanted");
        if (!Directory.Exists(Path.GetDirectoryName(path))) throw new WrongInputException($"{target}: there is no such folder to write it to");
    }
}

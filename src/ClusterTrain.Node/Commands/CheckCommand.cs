using System.CommandLine;
using ClusterTrain.Node.Cli;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Footprint;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Transfer;

namespace ClusterTrain.Node.Commands;

/// <summary>
/// <c>check SPEC</c>: every problem of a spec at once, or the spec with every default filled in, and what its network has and costs.
/// </summary>
internal static class CheckCommand
{
    private const string Description =
        "Validate a spec and print it with every default filled in; each key with its meaning, range and unit. Below it, as comments: "
        + "each layer's output, parameters and multiply-adds, and the memory of a worker and of the server.";

    public static Command Create(Surroundings surroundings, Option<bool> verbose)
    {
        var spec = new Argument<string?>("SPEC") { Description = "Run spec (YAML). None: the embedded quickstart.", Arity = ArgumentArity.ZeroOrOne };
        var (set, data) = (CommonOptions.Set(), CommonOptions.Data());
        var command = new Command("check", Description) { spec, set, data };
        command.SetAction(result => Guard.Run(surroundings, result.GetValue(verbose), () =>
        {
            var checkedSpec = SpecInput.Load(surroundings, result.GetValue(spec), result.GetValue(set) ?? []);
            var report = Report(surroundings, checkedSpec, SpecInput.Locations(surroundings, result.GetValue(data)));
            surroundings.Out.Write(SpecWriter.Write(checkedSpec, comments: true));
            surroundings.Out.Write('\n');
            foreach (var line in report) surroundings.Out.Write(line.Length == 0 ? "#\n" : $"# {line}\n");
            return ExitCode.Done;
        }));
        return command.With(
            "check my.yaml",
            "check my.yaml --set batch.shards=4 > whole.yaml");
    }

    // Refuses what train would, as far as files are here to tell.
    private static IEnumerable<string> Report(Surroundings surroundings, RunSpec spec, DataLocations locations)
    {
        var (_, source) = TransferInput.Open(surroundings, spec);
        if (DatasetLoader.Measure(spec.Data, locations) is not { } extent)
        {
            var places = string.Join(", ", locations.Folders);
            return [$"No table of layers: data set '{spec.Data.Name}' is not in {places}, and its name does not tell its shape."];
        }

        var (network, memory) = StartCheck.Of(surroundings, spec, source, extent);
        return CheckReport.Lines(LayerTable.Of(MapShape.Of(extent.InputShape), spec.Network.Layers, network), memory);
    }
}

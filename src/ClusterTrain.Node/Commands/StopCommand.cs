using System.CommandLine;
using System.Text.Json;
using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Nodes;

namespace ClusterTrain.Node.Commands;

/// <summary><c>stop</c>: stops the run that a cluster works on.</summary>
internal static class StopCommand
{
    public static Command Create(Surroundings surroundings, Option<bool> verbose)
    {
        var (server, json) = (ServerOption.Create(), CommonOptions.Json());
        var command = new Command("stop", "Stop the run that a cluster works on; its state is saved.") { server, json };
        command.SetAction(result => Guard.Run(surroundings, result.GetValue(verbose), () =>
        {
            using var cluster = ServerOption.Connect(surroundings, result.GetValue(server));
            var stopped = cluster.Stop();
            surroundings.Out.WriteLine(
                result.GetValue(json) ? JsonSerializer.Serialize(stopped, NodeJson.Default.StoppedRun)
                : stopped.Run is { } run ? $"{run} stops, and its state is saved. It goes on with: {surroundings.Program} submit --again {run}"
                : "The cluster works on no run; nothing was stopped.");
            return ExitCode.Done;
        }));
        return command.With("stop", "stop --server http://10.0.0.5:4080/");
    }
}

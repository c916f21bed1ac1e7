using System.CommandLine;
using System.Text.Json;
using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Line;
using ClusterTrain.Node.Nodes;

namespace ClusterTrain.Node.Commands;

/// <summary><c>stop [RUN]</c>: takes a run out of a cluster's line.</summary>
internal static class StopCommand
{
    public static Command Create(Surroundings surroundings, Option<bool> verbose)
    {
        var run = new Argument<string?>("RUN") { Description = "A run's name. None: the run that the cluster works on.", Arity = ArgumentArity.ZeroOrOne };
        var (server, json) = (ServerOption.Create(), CommonOptions.Json());
        var command = new Command("stop", "Stop the run that a cluster works on, whose state is saved; or cancel one that waits.") { run, server, json };
        command.SetAction(result => Guard.Run(surroundings, result.GetValue(verbose), () =>
        {
            using var cluster = ServerOption.Connect(surroundings, result.GetValue(server));
            var stopped = cluster.Stop(result.GetValue(run));
            surroundings.Out.WriteLine(result.GetValue(json) ? JsonSerializer.Serialize(stopped, NodeJson.Default.StoppedRun) : Text(surroundings, stopped));
            return ExitCode.Done;
        }));
        return command.With("stop", "stop fashion-mnist-pgd-2             also one that waits", "stop --server http://10.0.0.5:4080/");
    }

    private static string Text(Surroundings surroundings, StoppedRun stopped) => stopped switch
    {
        { Run: null } => "The cluster works on no run; nothing was stopped.",
        { State: KeptState.Cancelled } => $"{stopped.Run} is cancelled. It waits again with: {surroundings.Program} submit --again {stopped.Run}",
        _ => $"{stopped.Run} stops, and its state is saved. It goes on with: {surroundings.Program} submit --again {stopped.Run}",
    };
}

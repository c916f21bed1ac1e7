using System.CommandLine;
using System.Text.Json;
using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Nodes;

namespace ClusterTrain.Node.Commands;

/// <summary><c>status [--watch]</c>: what a cluster does.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static Command Create(Surroundings surroundings, Option<bool> verbose)
    {
        var (server, json) = (ServerOption.Create(), CommonOptions.Json());
        var watch = new Option<bool>("--watch") { Description = "Show it again every second, until interrupted." };
        var command = new Command("status", "Show what a cluster does: its run, the line behind it, its nodes.") { watch, server, json };
        command.SetAction(result => Guard.Run(surroundings, result.GetValue(verbose), () =>
        {
            using var cluster = ServerOption.Connect(surroundings, result.GetValue(server));
            Show(surroundings, cluster.Status(), result.GetValue(json));
            if (result.GetValue(watch)) Watch(surroundings, cluster, result.GetValue(json));
            return ExitCode.Done;
        }));
        return command.With("status", "status --watch", "status --server http://10.0.0.5:4080/ --json");
    }

    // While the server changes there is nobody to answer: that is said, and no reason to end.
    private static void Watch(Surroundings surroundings, ClusterClient cluster, bool json)
    {
        while (!surroundings.Stop.WaitHandle.WaitOne(Pause))
        {
            try
            {
                var status = cluster.Status();
                if (surroundings.IsTerminal && !json) surroundings.Out.Write("\u001b[H\u001b[J");
                else if (!json) surroundings.Out.WriteLine();
                Show(surroundings, status, json);
            }
            catch (ClusterException failure)
            {
                surroundings.Error.WriteLine($"warning: {failure.Message}");
            }
        }
    }

    private static void Show(Surroundings surroundings, NodeStatus status, bool json)
    {
        if (json) surroundings.Out.WriteLine(JsonSerializer.Serialize(status, NodeJson.Default.NodeStatus));
        else foreach (var line in StatusText.Lines(status)) surroundings.Out.WriteLine(line);
    }
}

using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Nodes;

namespace ClusterTrain.Node.Commands;

/// <summary><c>status [RUN] [--watch]</c>: what a cluster does, or what became of one of its runs.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static Command Create(Surroundings surroundings, Option<bool> verbose)
    {
        var run = new Argument<string?>("RUN") { Description = "A run's name. None: the cluster and all of its runs.", Arity = ArgumentArity.ZeroOrOne };
        var (server, json) = (ServerOption.Create(), CommonOptions.Json());
        var watch = new Option<bool>("--watch") { Description = "Show it again every second, until interrupted." };
        var command = new Command("status", "Show what a cluster does: its run, the line behind it, those that ended, its nodes; or one run.")
        {
            run, watch, server, json,
        };
        command.SetAction(result => Guard.Run(surroundings, result.GetValue(verbose), () =>
        {
            using var cluster = ServerOption.Connect(surroundings, result.GetValue(server));
            Func<IEnumerable<string>> look = result.GetValue(run) is { } name
                ? () => Look(cluster.Run(name), NodeJson.Default.RunDetail, StatusText.Lines, result.GetValue(json))
                : () => Look(cluster.Status(), NodeJson.Default.NodeStatus, StatusText.Lines, result.GetValue(json));
            Show(surroundings, look());
            if (result.GetValue(watch)) Watch(surroundings, look, result.GetValue(json));
            return ExitCode.Done;
        }));
        return command.With(
            "status", "status --watch", "status fashion-mnist-pgd              one run: its state, why it failed, its result",
            "status --server http://10.0.0.5:4080/ --json");
    }

    private static IEnumerable<string> Look<T>(T seen, JsonTypeInfo<T> type, Func<T, IEnumerable<string>> text, bool json) =>
        json ? [JsonSerializer.Serialize(seen, type)] : text(seen);

    // While the server changes there is nobody to answer: that is said, and no reason to end.
    private static void Watch(Surroundings surroundings, Func<IEnumerable<string>> look, bool json)
    {
        while (!surroundings.Stop.WaitHandle.WaitOne(Pause))
        {
            try
            {
                var lines = look();
                if (surroundings.IsTerminal && !json) surroundings.Out.Write("\u001b[H\u001b[J");
                else if (!json) surroundings.Out.WriteLine();
                Show(surroundings, lines);
            }
            catch (ClusterException failure)
            {
                surroundings.Error.WriteLine($"warning: {failure.Message}");
            }
        }
    }

    private static void Show(Surroundings surroundings, IEnumerable<string> lines)
    {
        foreach (var line in lines) surroundings.Out.WriteLine(line);
    }
}

using System.CommandLine;
using ClusterTrain.Actors;
using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Nodes;
using Microsoft.Extensions.Logging;

namespace ClusterTrain.Node.Commands;

/// <summary><c>node --config FILE</c>: this machine's part in a cluster.</summary>
internal static class NodeCommand
{
    public static Command Create(Surroundings surroundings, Option<bool> verbose)
    {
        var config = new Option<string?>("--config")
        {
            Description = "The node's settings (HOCON), such as cluster-config/server.conf. Environment variables go before it.",
            HelpName = "FILE",
        };
        var roles = new Option<string?>("--roles")
        {
            Description = "What this node is for, instead of what the file says: any of server, trainer, adversary.", HelpName = "a,b",
        };
        var child = new Option<bool>("--child") { Description = "End with standard input.", Hidden = true };
        var command = new Command("node", "Be one node of a cluster: serve runs, stand by, or work.") { config, roles, child };
        command.SetAction(result => Guard.Run(surroundings, result.GetValue(verbose), () =>
            Run(surroundings, result.GetValue(config), result.GetValue(roles), result.GetValue(child))));
        return command.With(
            "node --config cluster-config/server.conf                  serve runs, or stand by where one serves already",
            "node --config cluster-config/local.conf                   work for a server on this machine",
            "node --config cluster-config/trainer.conf --roles adversary");
    }

    private static int Run(Surroundings surroundings, string? config, string? roles, bool isChild)
    {
        var path = config is null ? null : surroundings.PathOf(config);
        if (path is not null && !File.Exists(path)) throw new WrongInputException($"--config {config}: there is no such file");
        var settings = AkkaNode.ReadSettings(
            path, name => name == NodeSettings.RolesVariable && roles is not null ? roles : surroundings.Variable(name));
        if (settings is { Secret: null, Tls: null, IsLocal: true }) settings = settings with { Secret = SecretFile.OfUser(surroundings.Variable) };
        using var quit = new CancellationTokenSource();
        if (isChild) StandardInput.WhenItEnds(quit.Cancel);

        return NodeProcess.Run(surroundings, settings, path, isChild, quit.Token);
    }
}

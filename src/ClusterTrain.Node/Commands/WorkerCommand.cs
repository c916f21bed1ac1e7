using System.CommandLine;
using System.Net;
using ClusterTrain.Cluster.Control;
using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Cluster.Plane;
using ClusterTrain.Cluster.Processes;
using ClusterTrain.Cluster.Working;
using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Nodes;

namespace ClusterTrain.Node.Commands;

/// <summary><c>worker</c>: one worker process of the <c>processes</c> engine, which starts it; hidden from users.</summary>
internal static class WorkerCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static Command Create(Surroundings surroundings, Option<bool> verbose)
    {
        var server = new Option<string>("--server") { Description = "Address of the server's plane.", Required = true };
        var name = new Option<string>("--name") { Description = "The worker's name.", Required = true };
        var relay = new Option<bool>("--relay") { Description = "Pass parameters on to other workers." };
        var data = CommonOptions.Data();
        var command = new Command("worker", "A worker process of the processes engine.") { server, name, relay, data };
        command.Hidden = true;
        command.SetAction(result => Guard.Run(surroundings, result.GetValue(verbose), () =>
            Run(surroundings, result.GetValue(server)!, result.GetValue(name)!, result.GetValue(relay), result.GetValue(data))));
        return command;
    }

    private static int Run(Surroundings surroundings, string server, string name, bool isRelay, string? data)
    {
        if (!Uri.TryCreate(server, UriKind.Absolute, out var address))
            throw new WrongInputException($"--server {server}: an address such as http://127.0.0.1:4080/ is wanted");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(surroundings.Stop);
        StandardInput.WhenItEnds(stop.Cancel);
        if (surroundings.Variable(ClusterSecret.Variable) is not { } secret || ClusterSecret.Problem(secret) is not null)
            throw new WrongInputException($"{ClusterSecret.Variable}: the secret of the run is wanted; whoever starts a worker sets it");
        using var connections = new PlaneConnections(new Credentials(Secret: new ClusterSecret(secret)));
        var held = isRelay ? new HeldParameters() : null;
        using var port = held is null ? null : PlaneHost.Start(
            new PlaneOptions { Endpoint = new IPEndPoint(IPAddress.Loopback, 0), Secret = new ClusterSecret(secret) }, held, _ => { });
        using var link = new HttpServerLink(address, connections, name, Patience, stop.Cancel, surroundings.Time);
        var settings = new WorkerSettings
        {
            Name = name,
            Address = port?.Address ?? "",
            Relay = held,
            IsOfOneRun = true,
            Slowness = WorkerRun.SlownessOf(surroundings, name),
            Spoil = FaultyWorker.Of(surroundings, name),
            Time = surroundings.Time,
            Connect = plane => new WorkerPlane(new Uri(plane), connections, surroundings.Time),
            Load = (spec, math) => WorkerRun.Load(surroundings, spec, math, data),
        };
        using var shell = new WorkerShell(settings, link);
        if (shell.Run(stop.Token) is not { } refusal) return WorkerExit.Left;
        surroundings.Error.WriteLine($"error: {refusal}");
        return WorkerExit.Refused;
    }
}

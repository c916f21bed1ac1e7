using System.Net;
using System.Net.Sockets;
using ClusterTrain.Actors;
using ClusterTrain.Actors.Register;
using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Cluster.Plane;
using ClusterTrain.Cluster.Serving;
using ClusterTrain.Cluster.Working;
using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Line;
using ClusterTrain.Training.Specs;
using Microsoft.Extensions.Logging;

namespace ClusterTrain.Node.Nodes;

/// <summary>
/// One node of a cluster as a process: its port, its part in the cluster, and by its roles a server that serves or stands
/// by, and a worker.
/// </summary>
internal static class NodeProcess
{
    /// <summary>Lives until told to stop; whoever puts it out of the cluster, it comes back.</summary>
    /// <param name="surroundings">Its stop lets the node hand back its work and leave.</param>
    /// <param name="settings">What the node is and where.</param>
    /// <param name="configPath">The user's file, whose <c>akka</c> section counts too; or null.</param>
    /// <param name="isChild">Whether it is a worker of one run, started by who shows that run's progress: of it only what goes wrong is said.</param>
    /// <param name="quit">Lets it end at once, once its work is handed back: nobody needs to hear that it leaves.</param>
    public static int Run(Surroundings surroundings, NodeSettings settings, string? configPath, bool isChild = false, CancellationToken quit = default)
    {
        var log = new LineLogger(surroundings.Out, surroundings.Error, surroundings.Time, isChild ? LogLevel.Error : LogLevel.Information);
        var (served, held) = (new ServedRun(), new HeldParameters());
        var line = settings.Roles.Contains(NodeSettings.Server) ? new RunLine(surroundings.PathOf(settings.Runs), surroundings.Time) : null;
        var late = new LateNode(surroundings.Time);
        using var forward = new UserForwarding(settings.Credentials);
        using var port = StartPlane(settings, served, held, late, line, forward, spec => StartCheck.Of(surroundings with { Error = TextWriter.Null }, spec, settings.Data));
        var plane = PlaneAddress.Of(settings, port.Address);
        using var duty = line is null ? null : new ServerDuty(surroundings, log, line, served, plane, settings.Data);
        var register = line is null ? null : new ServerRegister();
        using var follower = line is null ? null : new RunFollower(
            log, line, register!, late, settings.Credentials, spec => StartCheck.WhyNot(surroundings, spec, settings.Data));
        if (duty is not null) (duty.Begins, duty.CatchUp) = (follower!.Interrupt, follower.CatchUp);
        late.Set(plane, duty, follower);
        var node = StartNode(settings, configPath, plane, duty, register, log);
        late.Set(node);

        // Before the cluster is told, which takes seconds: a node that is told to stop has no time to lose, nor steps to make.
        if (duty is not null) node.OnLeaving(duty.End);
        follower?.Start(node.Address, plane, surroundings.Time);
        var name = settings.Name ?? node.Address;
        if (settings.Secret is null && settings.Tls is null) NodeLog.StandsOpen(log, plane);
        NodeLog.Started(log, name, string.Join(", ", settings.Roles), node.Address, plane);
        using var worker = NodeWorker.Start(surroundings, log, settings, name, plane, held, node, isChild);
        using var registration = surroundings.Stop.Register(() =>
        {
            NodeLog.Leaving(log);
            _ = node.Leave();
        });
        using var quitting = quit.Register(() => Quit(node, worker));
        _ = worker?.Ended.ContinueWith(_ => node.Leave(), TaskScheduler.Default);
        var end = node.Ended.GetAwaiter().GetResult();
        duty?.End().GetAwaiter().GetResult();
        worker?.HandBack().GetAwaiter().GetResult();
        if (end.IsOrderly) NodeLog.Left(log);
        else NodeLog.Removed(log, end.Reason);
        return end.IsOrderly && worker is not { HasFailed: true } ? ExitCode.Done : ExitCode.Failed;
    }

    private static void Quit(AkkaNode node, NodeWorker? worker) =>
        _ = (worker?.HandBack() ?? Task.CompletedTask).ContinueWith(_ => node.Quit(), TaskScheduler.Default);

    private static PlaneHost StartPlane(
        NodeSettings settings, ServedRun served, HeldParameters held, LateNode late, RunLine? line, UserForwarding forward,
        Func<RunSpec, RunSpec> prepare)
    {
        var endpoint = PlaneAddress.EndpointOf(settings);
        try
        {
            return PlaneHost.Start(
                new PlaneOptions
                {
                    Endpoint = endpoint, Tls = settings.Tls, Secret = settings.Secret, Names = [settings.Host, .. settings.Names],
                    AllowPlaintext = settings.AllowPlaintext,
                },
                new NodeTensors(served, held),
                routes => new NodeRoutes(late, line, served, forward, prepare).Map(routes));
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            throw new WrongInputException(
                $"plane-port {endpoint.Port}: cannot be listened on at {endpoint.Address}: {failure.Message} Another one can be set with CLUSTERTRAIN_PLANE_PORT; 0 takes any that is free");
        }
    }

    private static AkkaNode StartNode(NodeSettings settings, string? configPath, string plane, ServerDuty? duty, ServerRegister? register, ILogger log)
    {
        try
        {
            return AkkaNode.Start(settings, configPath, plane, duty, log, register);
        }
        catch (Exception failure) when (failure is not NotSupportedException)
        {
            throw new WrongInputException(
                $"remoting-port {settings.RemotingPort}: the cluster's port cannot be opened at {settings.Bind ?? settings.Host}: "
                + $"{(failure is IOException ? failure : failure.GetBaseException()).Message}; another one can be set with CLUSTERTRAIN_REMOTING_PORT; 0 takes any that is free");
        }
    }
}

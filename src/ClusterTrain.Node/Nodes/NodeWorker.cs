using ClusterTrain.Actors;
using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Cluster.Plane;
using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Cluster.Working;
using ClusterTrain.Node.Cli;
using Microsoft.Extensions.Logging;

namespace ClusterTrain.Node.Nodes;

/// <summary>A node's worker, on threads of its own: never on the cluster's, whose heartbeats must not wait.</summary>
internal sealed class NodeWorker : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly PlaneConnections _connections;

    private NodeWorker(PlaneConnections connections) => _connections = connections;

    /// <summary>Completes when it has ended, in whatever way.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Whether it was refused, or could not go on.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>The node's worker, or null when its roles want none.</summary>
    /// <param name="isOfOneRun">Whether it ends with a run that it cannot work for.</param>
    public static NodeWorker? Start(Surroundings surroundings, ILogger log, NodeSettings settings, string name, string address, HeldParameters held, AkkaNode node, bool isOfOneRun)
    {
        var roles = (settings.Roles.Contains(NodeSettings.Trainer) ? WorkerRoles.Trainer : WorkerRoles.None)
            | (settings.Roles.Contains(NodeSettings.Adversary) ? WorkerRoles.Adversary : WorkerRoles.None);
        if (roles == WorkerRoles.None) return null;
        var worker = new NodeWorker(new PlaneConnections(settings.Credentials));
        node.OnLeaving(worker.HandBack);
        var link = node.Link(name);
        var shell = new WorkerShell(
            new WorkerSettings
            {
                Name = name,
                Address = address,
                Zone = settings.Zone,
                Relay = held,
                Roles = roles,
                Threads = settings.Workers == 0 ? Environment.ProcessorCount : settings.Workers,
                Slowness = WorkerRun.SlownessOf(surroundings, name),
                Spoil = FaultyWorker.Of(surroundings, name),
                Time = surroundings.Time,
                IsOfOneRun = isOfOneRun,
                SatOut = (run, why) => NodeLog.SitsOut(log, name, run.Run, why),
                Began = run => NodeLog.Works(log, name, run.Run, run.Incarnation),
                Connect = plane => new WorkerPlane(
                    new Uri(plane), worker._connections, surroundings.Time, why => NodeLog.PlaneOutOfReach(log, why)),
                Load = (spec, math) => WorkerRun.Load(surroundings, spec, math, settings.Data),
            },
            link);
        new Thread(() => worker.Work(log, shell, link)) { Name = "worker", IsBackground = true }.Start();
        return worker;
    }

    /// <summary>Ends the worker once it has handed back what it holds.</summary>
    public Task HandBack()
    {
        _stop.Cancel();
        return Ended;
    }

    public void Dispose()
    {
        _stop.Dispose();
        _connections.Dispose();
    }

    private void Work(ILogger log, WorkerShell shell, IServerLink link)
    {
        try
        {
            if (shell.Run(_stop.Token) is { } refusal)
            {
                HasFailed = true;
                NodeLog.Refused(log, refusal);
            }
        }
        catch (AggregateException failure)
        {
            HasFailed = true;
            foreach (var line in Guard.Lines(failure)) NodeLog.WorkerFailed(log, line);
        }
        finally
        {
            shell.Dispose();
            link.Dispose();
            _ended.SetResult();
        }
    }
}

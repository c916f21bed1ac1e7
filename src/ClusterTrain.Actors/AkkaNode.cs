using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using ClusterTrain.Actors.Configuration;
using ClusterTrain.Actors.Logging;
using ClusterTrain.Actors.Roles;
using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Cluster.Working;
using Microsoft.Extensions.Logging;
using AkkaCluster = Akka.Cluster.Cluster;

namespace ClusterTrain.Actors;

/// <summary>
/// One node of the cluster: membership, failure detection, split-brain resolution and the singleton are Akka's. Any
/// thread may call.
/// </summary>
public sealed class AkkaNode : IAsyncDisposable
{
    private const string ServerName = "parameter-server";
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    // Longer than the others take to put somebody out (see NodeConfig).
    private static readonly TimeSpan Unreachable = TimeSpan.FromSeconds(6);

    private readonly ActorSystem _system;
    private readonly AkkaCluster _cluster;
    private readonly IActorRef _server;
    private readonly IActorRef _coordinator;
    private readonly List<Func<Task>> _handBacks = [];
    private volatile bool _isLeaving;

    private AkkaNode(ActorSystem system, NodeSettings settings, string plane, IServerDuty? duty, ILogger log)
    {
        (_system, _cluster) = (system, AkkaCluster.Get(system));
        if (duty is not null && settings.Roles.Contains(NodeSettings.Server))
        {
            system.ActorOf(
                ClusterSingletonManager.Props(
                    ServerActor.Props(duty, plane), HandOver.Instance, ClusterSingletonManagerSettings.Create(system).WithRole(NodeSettings.Server)),
                ServerName);
        }

        _server = system.ActorOf(
            ClusterSingletonProxy.Props($"/user/{ServerName}", ClusterSingletonProxySettings.Create(system).WithRole(NodeSettings.Server)), "to-server");
        _coordinator = system.ActorOf(CoordinatorActor.Props(_server, () => _ = GoAtOnce(), log), CoordinatorActor.Name);
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseClusterLeave, "go-without-the-unreachable", () =>
        {
            _ = GoWithoutTheUnreachable();
            return Task.FromResult(Akka.Done.Instance);
        });
        if (settings.Seeds.Count == 0) _cluster.Join(_cluster.SelfAddress);
        Ended = system.WhenTerminated.ContinueWith(
            _ => _isLeaving ? new NodeEnd(true, "left the cluster")
                : new NodeEnd(false, "was removed from the cluster: the others could not reach it, or it could not reach most of them"),
            TaskScheduler.Default);
    }

    /// <summary>host:port by which others reach this node.</summary>
    public string Address => $"{_cluster.SelfAddress.Host}:{_cluster.SelfAddress.Port}";

    /// <summary>Completes when this node is out of the cluster.</summary>
    public Task<NodeEnd> Ended { get; }

    public IReadOnlyList<NodeMember> Members
    {
        get
        {
            var state = _cluster.State;
            return [.. state.Members.Select(member => new NodeMember(
                $"{member.Address.Host}:{member.Address.Port}", [.. member.Roles.Order(StringComparer.Ordinal)], member.Status.ToString(), !state.Unreachable.Contains(member)))];
        }
    }

    /// <summary>Whether this node is a full member.</summary>
    public bool IsUp => _cluster.SelfMember.Status == Akka.Cluster.MemberStatus.Up;

    /// <summary>A node's settings from its file, if any, and the environment.</summary>
    /// <exception cref="NodeSettingsException">With every problem at once.</exception>
    public static NodeSettings ReadSettings(string? path, Func<string, string?> variable) => NodeSettingsFile.Read(path, variable);

    /// <param name="settings">What this node is and where.</param>
    /// <param name="configPath">The user's file, whose <c>akka</c> section goes before the program's; or null.</param>
    /// <param name="plane">Base address of this node's plane.</param>
    /// <param name="duty">What to do while it is the active server; null on a node that cannot be.</param>
    /// <param name="log">Told of who comes to the cluster and who goes.</param>
    public static AkkaNode Start(NodeSettings settings, string? configPath, string plane, IServerDuty? duty, ILogger log)
    {
        var user = configPath is null ? Config.Empty : ConfigurationFactory.ParseString(File.ReadAllText(configPath));
        var setup = ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(NodeConfig.Of(settings, user)), new LogSetup(log));
        return new AkkaNode(ActorSystem.Create(NodeConfig.System, setup), settings, plane, duty, log);
    }

    /// <summary>Called once when this node leaves, before the cluster is told: what it returns is waited for.</summary>
    public void OnLeaving(Func<Task> handBack)
    {
        lock (_handBacks) _handBacks.Add(handBack);
        CoordinatedShutdown.Get(_system).AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "hand-back", async () =>
        {
            await handBack().ConfigureAwait(false);
            return Akka.Done.Instance;
        });
    }

    /// <summary>A worker's way to the server, wherever that is or will be.</summary>
    public IServerLink Link(string worker) => new ActorLink(_system, _coordinator, worker);

    /// <summary>Base address of the active server's plane, or null when there is none to be found in time.</summary>
    public async Task<string?> LocateServer(TimeSpan patience)
    {
        try
        {
            var located = await _server.Ask<ClusterMessage.Located>(new ClusterMessage.Locate(), patience).ConfigureAwait(false);
            return located.Plane;
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }

    /// <summary>Hands back, saves, and leaves the cluster.</summary>
    public Task Leave()
    {
        _isLeaving = true;
        return CoordinatedShutdown.Get(_system).Run(CoordinatedShutdown.ClusterLeavingReason.Instance);
    }

    /// <summary>
    /// Puts the node of a worker out of the cluster at once, because its process is known to be dead; on the active server's
    /// node alone.
    /// </summary>
    public void PutOut(string worker) => _server.Tell(new ServerActor.PutOut(worker));

    /// <summary>
    /// Tells every other member that the cluster is over: each hands back what it holds and ends, in order. For a cluster that
    /// ends with this node, before <see cref="Quit"/>. Who does not answer is not waited for longer than a moment.
    /// </summary>
    public Task Dismiss() => Task.WhenAll(_cluster.State.Members.Where(member => member.Address != _cluster.SelfAddress).Select(Dismiss));

    /// <summary>Ends without taking leave: for a cluster that ends with this node.</summary>
    public Task Quit()
    {
        _isLeaving = true;
        return _system.Terminate();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_system.WhenTerminated.IsCompleted) await Leave().ConfigureAwait(false);
        await _system.WhenTerminated.ConfigureAwait(false);
    }

    private async Task Dismiss(Akka.Cluster.Member member)
    {
        try
        {
            await _system.ActorSelection(new RootActorPath(member.Address) / "user" / CoordinatorActor.Name)
                .Ask<ClusterMessage.Dismissed>(new ClusterMessage.Dismiss(), Farewell).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            // Dead, or out of reach: it goes by itself.
        }
    }

    private async Task GoAtOnce()
    {
        List<Func<Task>> handBacks;
        lock (_handBacks) handBacks = [.. _handBacks];
        await Task.WhenAll(handBacks.Select(handBack => handBack())).ConfigureAwait(false);
        await Quit().ConfigureAwait(false);
    }

    // Who is out of reach holds up the others' agreement on who goes. Where they are put out soon, that is not waited for
    // long; where nobody puts them out, this node puts itself out: it has nothing in its hands any more.
    private async Task GoWithoutTheUnreachable()
    {
        for (var seen = 0; !_system.WhenTerminated.IsCompleted && !_cluster.IsTerminated; await Task.Delay(Look).ConfigureAwait(false))
        {
            seen = _cluster.State.Unreachable.Any(member => member.Address != _cluster.SelfAddress) ? seen + 1 : 0;
            if (seen * Look < Unreachable) continue;
            _cluster.Down(_cluster.SelfAddress);
            return;
        }
    }
}

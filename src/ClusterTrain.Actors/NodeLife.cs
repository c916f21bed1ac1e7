using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using ClusterTrain.Actors.Configuration;
using ClusterTrain.Actors.Logging;
using ClusterTrain.Actors.Membership;
using ClusterTrain.Actors.Register;
using ClusterTrain.Actors.Roles;
using ClusterTrain.Actors.Sealing;
using ClusterTrain.Cluster.Nodes;
using Microsoft.Extensions.Logging;
using AkkaCluster = Akka.Cluster.Cluster;

namespace ClusterTrain.Actors;

/// <summary>What every life of a node is made of.</summary>
internal sealed record NodeParts
{
    public required NodeSettings Settings { get; init; }

    /// <summary>The user's own configuration, which goes before the program's.</summary>
    public required Config User { get; init; }

    /// <summary>Base address of the node's plane.</summary>
    public required string Plane { get; init; }

    /// <summary>What to do while it is the active server; null on a node that cannot be.</summary>
    public required IServerDuty? Duty { get; init; }

    /// <summary>What the servers agree upon, through all lives; null on a node that is none.</summary>
    public required ServerRegister? Register { get; init; }

    public required ILogger Log { get; init; }

    public required MembershipMemory Memory { get; init; }

    /// <summary>Called before the cluster is told that this node leaves; not when it only begins anew.</summary>
    public required Func<Task> HandBack { get; init; }

    /// <summary>Called when the cluster is over.</summary>
    public required Action Dismissed { get; init; }
}

/// <summary>
/// A node from its way into a cluster to its way out of it, by whatever door: one actor system, since none can be in a second
/// cluster. Any thread may call.
/// </summary>
internal sealed class NodeLife
{
    private const string ServerName = NodePaths.Server;
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(250);

    // Longer than the others take to put somebody out (see NodeConfig).
    private static readonly TimeSpan Unreachable = TimeSpan.FromSeconds(6);

    // In which members that stay would have been heard of.
    private static readonly TimeSpan Alone = TimeSpan.FromMilliseconds(500);

    // Longer than a server takes to leave that has no other one to hand over to.
    private static readonly TimeSpan NoHeir = TimeSpan.FromSeconds(3);

    /// <param name="port">Where to listen; null: what the settings say.</param>
    /// <exception cref="Exception">The port cannot be opened.</exception>
    public NodeLife(NodeParts parts, int? port)
    {
        var setup = ActorSystemSetup.Create(
            BootstrapSetup.Create().WithConfig(NodeConfig.Of(parts.Settings, parts.User, port)), new LogSetup(parts.Log));
        if (parts.Settings.Secret is { } secret) setup = setup.And(new SealSetup(secret, parts.Log));
        System = ActorSystem.Create(NodeConfig.System, setup);
        Cluster = AkkaCluster.Get(System);
        if (parts.Duty is { } duty && parts.Settings.Roles.Contains(NodeSettings.Server))
        {
            System.ActorOf(
                ClusterSingletonManager.Props(
                    ServerActor.Props(duty, parts.Plane), HandOver.Instance,
                    ClusterSingletonManagerSettings.Create(System).WithRole(NodeSettings.Server)),
                ServerName);
            parts.Register?.Attach(System);
        }

        Server = System.ActorOf(ClusterSingletonProxy.Props($"/user/{ServerName}", ToServer()), "to-server");
        Coordinator = System.ActorOf(CoordinatorActor.Props(Server, parts.Dismissed, parts.Log), CoordinatorActor.Name);
        var shutdown = CoordinatedShutdown.Get(System);
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "hand-back", async () =>
        {
            await parts.HandBack().ConfigureAwait(false);
            return Akka.Done.Instance;
        });
        shutdown.AddTask(CoordinatedShutdown.PhaseClusterLeave, "go-without-others", () =>
        {
            _ = GoWithoutOthers();
            return Task.FromResult(Akka.Done.Instance);
        });
        System.ActorOf(
            MembershipActor.Props(parts.Settings, parts.Memory, Server, () => _ = End(), parts.Log), MembershipActor.Name);
    }

    public ActorSystem System { get; }

    public AkkaCluster Cluster { get; }

    /// <summary>The way to the active server, wherever that is.</summary>
    public IActorRef Server { get; }

    public IActorRef Coordinator { get; }

    /// <summary>Whether this life was ended by this node itself, and not by the others.</summary>
    public bool WasEnded { get; private set; }

    /// <summary>Hands over and takes leave.</summary>
    public Task Leave() => CoordinatedShutdown.Get(System).Run(CoordinatedShutdown.ClusterLeavingReason.Instance);

    /// <summary>Ends without taking leave.</summary>
    public Task End()
    {
        WasEnded = true;
        return System.Terminate();
    }

    // Made at once: each of Akka's methods that change one of these values gives the others back their defaults, with which the
    // proxy complains of a missing server as soon as the node starts.
    private static ClusterSingletonProxySettings ToServer() => new(
        singletonName: "singleton", role: NodeSettings.Server, singletonIdentificationInterval: TimeSpan.FromMilliseconds(500), bufferSize: 1000,
        considerAppVersion: false, logSingletonIdentificationFailure: false, singletonIdentificationFailurePeriod: TimeSpan.FromSeconds(30));

    // Who is out of reach holds up the others' agreement on who goes. Where they are put out soon, that is not waited for
    // long; where nobody puts them out, this node puts itself out: it has nothing in its hands any more. The same where all others
    // leave as well: Akka's singleton offers itself for twelve seconds to a server that is gone already.
    private async Task GoWithoutOthers()
    {
        var isServer = Cluster.SelfRoles.Contains(NodeSettings.Server);
        var (unreachable, alone, noHeir) = (TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);
        while (!System.WhenTerminated.IsCompleted && !Cluster.IsTerminated)
        {
            var state = Cluster.State;
            var others = state.Members.Where(member => member.Address != Cluster.SelfAddress).ToList();
            var staying = others.Where(member => member.Status is MemberStatus.Joining or MemberStatus.WeaklyUp or MemberStatus.Up).ToList();
            unreachable = others.Exists(state.Unreachable.Contains) ? unreachable + Glance : TimeSpan.Zero;
            alone = staying.Count == 0 ? alone + Glance : TimeSpan.Zero;
            noHeir = isServer && !staying.Exists(member => member.HasRole(NodeSettings.Server)) ? noHeir + Glance : TimeSpan.Zero;
            if (unreachable > Unreachable || alone > Alone || noHeir > NoHeir)
            {
                Cluster.Down(Cluster.SelfAddress);
                return;
            }

            await Task.Delay(Glance).ConfigureAwait(false);
        }
    }
}

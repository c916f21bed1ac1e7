using Akka.Actor;
using Akka.Cluster;
using ClusterTrain.Actors.Configuration;
using ClusterTrain.Actors.Logging;
using ClusterTrain.Cluster.Protocol;
using Microsoft.Extensions.Logging;
using AkkaCluster = Akka.Cluster.Cluster;
using IClusterMessage = ClusterTrain.Cluster.Protocol.IClusterMessage;

namespace ClusterTrain.Actors.Roles;

/// <summary>
/// One on every node: parent of its workers' actors, says who comes to the cluster and who goes, and hears when that is over.
/// </summary>
internal sealed class CoordinatorActor : ReceiveActor
{
    public const string Name = NodePaths.Coordinator;
    private readonly AkkaCluster _cluster = AkkaCluster.Get(Context.System);

    public CoordinatorActor(IActorRef server, Action dismissed, ILogger log)
    {
        Receive<Open>(open => Sender.Tell(new Opened(Context.ActorOf(
            WorkerActor.Props(server, open.Received), "worker-" + Uri.EscapeDataString(open.Worker)))));
        Receive<ClusterMessage.Dismiss>(_ =>
        {
            Sender.Tell(new ClusterMessage.Dismissed());
            dismissed();
        });
        Receive<ClusterEvent.MemberUp>(up => ActorsLog.Up(log, NameOf(up.Member), string.Join(", ", up.Member.Roles.Order(StringComparer.Ordinal))));
        Receive<ClusterEvent.UnreachableMember>(lost => ActorsLog.Unreachable(log, NameOf(lost.Member)));
        Receive<ClusterEvent.ReachableMember>(back => ActorsLog.Reachable(log, NameOf(back.Member)));
        Receive<ClusterEvent.MemberRemoved>(gone =>
        {
            if (gone.PreviousStatus == MemberStatus.Down) ActorsLog.PutOut(log, NameOf(gone.Member));
            else ActorsLog.Gone(log, NameOf(gone.Member));
        });
        ReceiveAny(_ => { });
    }

    public static Props Props(IActorRef server, Action dismissed, ILogger log) =>
        Akka.Actor.Props.Create(() => new CoordinatorActor(server, dismissed, log));

    protected override void PreStart() => _cluster.Subscribe(
        Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
        typeof(ClusterEvent.MemberUp), typeof(ClusterEvent.MemberRemoved), typeof(ClusterEvent.IReachabilityEvent));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private static string NameOf(Member member) => $"{member.Address.Host}:{member.Address.Port}";

    /// <summary>Give a worker a voice in the cluster.</summary>
    public sealed record Open(string Worker, Action<IClusterMessage> Received);

    /// <summary>Here it is.</summary>
    public sealed record Opened(IActorRef Actor);
}

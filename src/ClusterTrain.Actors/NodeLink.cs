using Akka.Actor;
using ClusterTrain.Actors.Roles;
using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Cluster.Working;

namespace ClusterTrain.Actors;

/// <summary>A worker's way to the server through an actor of the node's present life. What is said between two lives is lost.</summary>
internal sealed class NodeLink(string worker) : IServerLink
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private volatile IActorRef _actor = ActorRefs.Nobody;
    private volatile bool _isClosed;

    public Action<IClusterMessage>? Received { get; set; }

    /// <summary>Goes through this life from now on. False when nobody needs the link any more.</summary>
    public bool Open(NodeLife life)
    {
        if (_isClosed) return false;
        _actor = life.Coordinator.Ask<CoordinatorActor.Opened>(
            new CoordinatorActor.Open(worker, message => Received?.Invoke(message)), Patience).GetAwaiter().GetResult().Actor;
        return true;
    }

    public void Send(IClusterMessage message) => _actor.Tell(new WorkerActor.Say(message));

    public void Dispose()
    {
        _isClosed = true;
        _actor.Tell(PoisonPill.Instance);
    }
}

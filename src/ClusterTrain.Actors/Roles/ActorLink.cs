using Akka.Actor;
using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Cluster.Working;

namespace ClusterTrain.Actors.Roles;

/// <summary>A worker's way to the server through its actor.</summary>
internal sealed class ActorLink : IServerLink
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly ActorSystem _system;
    private readonly IActorRef _actor;

    public ActorLink(ActorSystem system, IActorRef coordinator, string worker)
    {
        _system = system;
        _actor = coordinator.Ask<CoordinatorActor.Opened>(
            new CoordinatorActor.Open(worker, message => Received?.Invoke(message)), Patience).GetAwaiter().GetResult().Actor;
    }

    public Action<IClusterMessage>? Received { get; set; }

    public void Send(IClusterMessage message) => _actor.Tell(new WorkerActor.Say(message));

    public void Dispose() => _system.Stop(_actor);
}

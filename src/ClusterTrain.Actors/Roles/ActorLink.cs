using Akka.Actor;
using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Cluster.Working;

namespace ClusterTrain.Actors.Roles;

/// <summary>A worker's way to the server through its actor.</summary>
internal sealed class ActorLink : IServerLink
{
    private readonly ActorSystem _system;
    private readonly IActorRef _actor;

    public ActorLink(ActorSystem system, IActorRef server, string name)
    {
        _system = system;
        _actor = system.ActorOf(WorkerActor.Props(server, message => Received?.Invoke(message)), "worker-" + Uri.EscapeDataString(name));
    }

    public Action<IClusterMessage>? Received { get; set; }

    public void Send(IClusterMessage message) => _actor.Tell(new WorkerActor.Say(message));

    public void Dispose() => _system.Stop(_actor);
}

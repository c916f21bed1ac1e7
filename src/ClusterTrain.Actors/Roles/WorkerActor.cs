using Akka.Actor;
using ClusterTrain.Cluster.Protocol;

namespace ClusterTrain.Actors.Roles;

/// <summary>A worker's voice in the cluster: says things to the server, wherever that is, and hears its answers.</summary>
internal sealed class WorkerActor : ReceiveActor
{
    public WorkerActor(IActorRef server, Action<IClusterMessage> received)
    {
        Receive<Say>(say => server.Tell(say.Message, Self));
        Receive<IClusterMessage>(received);
    }

    public static Props Props(IActorRef server, Action<IClusterMessage> received) =>
        Akka.Actor.Props.Create(() => new WorkerActor(server, received));

    public sealed record Say(IClusterMessage Message);
}

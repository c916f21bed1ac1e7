using Akka.Actor;
using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Cluster.Protocol;
using AkkaCluster = Akka.Cluster.Cluster;

namespace ClusterTrain.Actors.Roles;

/// <summary>
/// The parameter server as a cluster singleton: a thin shell that carries messages between workers and the server's duty,
/// which works on threads of its own.
/// </summary>
internal sealed class ServerActor : ReceiveActor
{
    private readonly IServerDuty _duty;
    private readonly Dictionary<string, IActorRef> _workers = new(StringComparer.Ordinal);

    public ServerActor(IServerDuty duty, string plane)
    {
        _duty = duty;
        Receive<ClusterMessage.Locate>(_ => Sender.Tell(new ClusterMessage.Located(plane)));
        Receive<Outgoing>(outgoing =>
        {
            if (_workers.TryGetValue(outgoing.Worker, out var worker)) worker.Tell(outgoing.Message);
        });
        Receive<IClusterMessage>(message =>
        {
            if (message is IWorkerMessage said) Know(said.Worker, Sender);
            _duty.Receive(message);
        });
        Receive<Terminated>(gone =>
        {
            foreach (var (name, _) in _workers.Where(worker => worker.Value.Equals(gone.ActorRef)).ToList())
            {
                _workers.Remove(name);
                _duty.Lose(name);
            }
        });
        Receive<PutOut>(dead =>
        {
            if (_workers.TryGetValue(dead.Worker, out var worker)) AkkaCluster.Get(Context.System).Down(worker.Path.Address);
        });
        Receive<HandOver>(handOver =>
        {
            var self = Self;
            _ = _duty.End().ContinueWith(ended => self.Tell(HandedOver.Instance), TaskScheduler.Default);
        });
        Receive<HandedOver>(_ => Context.Stop(Self));
    }

    public static Props Props(IServerDuty duty, string plane) => Akka.Actor.Props.Create(() => new ServerActor(duty, plane));

    protected override void PreStart()
    {
        var self = Self;
        _duty.Begin((worker, message) => self.Tell(new Outgoing(worker, message)));
    }

    // Not asked to hand over: the node is going down at once. What is on disk stays good.
    protected override void PostStop() => _ = _duty.End();

    private void Know(string name, IActorRef worker)
    {
        if (_workers.TryGetValue(name, out var known) && known.Equals(worker)) return;
        if (known is not null) Context.Unwatch(known);
        _workers[name] = worker;
        Context.Watch(worker);
    }

    private sealed record Outgoing(string Worker, IClusterMessage Message);

    /// <summary>A worker's process is known to be dead: its node need not be waited for. Only ever said on the server's own node.</summary>
    public sealed record PutOut(string Worker);

    private sealed class HandedOver
    {
        public static readonly HandedOver Instance = new();
    }
}

/// <summary>What the singleton's manager says before another node may take over.</summary>
internal sealed class HandOver
{
    public static readonly HandOver Instance = new();
}

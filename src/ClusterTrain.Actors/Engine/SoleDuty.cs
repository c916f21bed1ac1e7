using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Cluster.Serving;

namespace ClusterTrain.Actors.Engine;

/// <summary>The duty of a server that is the only one, for a run that is at hand already.</summary>
internal sealed class SoleDuty(ServedRun served) : IServerDuty
{
    private Action<string, IClusterMessage>? _send;

    /// <summary>Tells a worker; nobody before the cluster has a server.</summary>
    public void Send(string worker, IClusterMessage message) => Volatile.Read(ref _send)?.Invoke(worker, message);

    public void Begin(Action<string, IClusterMessage> send) => Volatile.Write(ref _send, send);

    public void Receive(IClusterMessage message) => served.Post(new DeskInput.Received(message));

    public void Lose(string worker) => served.Post(new DeskInput.Lost(worker));

    public Task End() => Task.CompletedTask;
}

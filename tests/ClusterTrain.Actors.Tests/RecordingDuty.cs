using System.Collections.Concurrent;
using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Cluster.Protocol;

namespace ClusterTrain.Actors.Tests;

/// <summary>A server's duty that remembers what it was told, and passes it on.</summary>
internal sealed class RecordingDuty : IServerDuty
{
    private Action<string, IClusterMessage>? _send;

    public ConcurrentQueue<IClusterMessage> Received { get; } = new();

    public ConcurrentQueue<string> Lost { get; } = new();

    public bool IsActive => Volatile.Read(ref _send) is not null;

    public bool HasEnded { get; private set; }

    public Action<IClusterMessage>? OnReceived { get; set; }

    public Action<string>? OnLost { get; set; }

    public void Send(string worker, IClusterMessage message) => Volatile.Read(ref _send)?.Invoke(worker, message);

    public void Begin(Action<string, IClusterMessage> send) => Volatile.Write(ref _send, send);

    public void Receive(IClusterMessage message)
    {
        Received.Enqueue(message);
        OnReceived?.Invoke(message);
    }

    public void Lose(string worker)
    {
        Lost.Enqueue(worker);
        OnLost?.Invoke(worker);
    }

    public Task End()
    {
        HasEnded = true;
        Volatile.Write(ref _send, null);
        return Task.CompletedTask;
    }
}

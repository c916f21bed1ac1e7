using ClusterTrain.Cluster.Protocol;

namespace ClusterTrain.Cluster.Nodes;

/// <summary>
/// What the active server of a cluster does, whatever made it the active one. Any thread may call; nothing here blocks
/// for long.
/// </summary>
public interface IServerDuty
{
    /// <summary>This node is the active server from now on: takes up what runs there are, on threads of its own.</summary>
    /// <param name="send">Delivers a message to a worker by name; must not block.</param>
    void Begin(Action<string, IClusterMessage> send);

    /// <summary>A worker said something.</summary>
    void Receive(IClusterMessage message);

    /// <summary>A worker is gone without a word.</summary>
    void Lose(string worker);

    /// <summary>Another node takes over, or this one ends: completes when the state is on disk and nothing more is written.</summary>
    Task End();
}

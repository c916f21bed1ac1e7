using ClusterTrain.Cluster.Plane;
using ClusterTrain.Cluster.Protocol;

namespace ClusterTrain.Cluster.Working;

/// <summary>
/// How a worker gets parameters: from the worker that the server names, at once from the server where that does not answer in time, does
/// not have them, or gives other ones. Called by one thread at a time.
/// </summary>
internal sealed class ParameterPort(WorkerSettings settings, PeerPlanes peers)
{
    private string _failed = "";

    /// <summary>Address of a worker that has failed since this was last asked; empty for none.</summary>
    public string TakeFailed()
    {
        var failed = _failed;
        _failed = "";
        return failed;
    }

    /// <summary>Fills <paramref name="target"/>, which has exactly the tensor's length.</summary>
    /// <param name="name">Whole parameters or a slice of them.</param>
    /// <param name="assign">Where from.</param>
    /// <param name="server">The server's plane.</param>
    /// <param name="target">What it holds is void unless done.</param>
    public PlaneOutcome Get(TensorName name, ClusterMessage.Assign assign, WorkerPlane server, Memory<float> target)
    {
        if (assign.From.Length == 0 || settings.Relay is null) return server.Get(name, target);
        if (TryGet(name, assign, server, target)) return PlaneOutcome.Done;
        _failed = assign.From;
        return server.Get(name, target);
    }

    private bool TryGet(TensorName name, ClusterMessage.Assign assign, WorkerPlane server, Memory<float> target)
    {
        if (peers.At(assign.From) is not { } peer) return false;
        if (!peer.TryGet(name, target, TimeSpan.FromMilliseconds(assign.Patience))) return false;
        var hash = name.Count == 0 ? assign.Hash : server.GetHash(name);
        return hash is not null && TensorHash.Of(target.Span) == hash;
    }
}

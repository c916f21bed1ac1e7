using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Cluster.Plane;

namespace ClusterTrain.Cluster.Working;

/// <summary>The planes of the other workers that this one was sent to. Any thread may call.</summary>
internal sealed class PeerPlanes(WorkerSettings settings) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, WorkerPlane> _planes = new(StringComparer.Ordinal);

    /// <summary>The plane at an address, or null where it is none.</summary>
    public WorkerPlane? At(string address)
    {
        lock (_gate)
        {
            if (_planes.TryGetValue(address, out var known)) return known;
            try
            {
                return _planes[address] = settings.Connect(address);
            }
            catch (Exception wrong) when (wrong is NodeSettingsException or UriFormatException)
            {
                return null;
            }
        }
    }

    /// <summary>Nobody waits for an answer any more.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            foreach (var plane in _planes.Values) plane.Abandon();
        }
    }

    /// <summary>Forgets them all.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            foreach (var plane in _planes.Values) plane.Dispose();
            _planes.Clear();
        }
    }

    public void Dispose() => Clear();
}

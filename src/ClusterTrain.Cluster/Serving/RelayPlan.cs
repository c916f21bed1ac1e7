using ClusterTrain.Training.Engines;

namespace ClusterTrain.Cluster.Serving;

/// <summary>Where a worker gets the parameters of a version.</summary>
/// <param name="From">Address of the plane of a worker that has them, or will have them in a moment; empty for the server.</param>
/// <param name="IsRelay">Whether it should get all of them, for others who will ask.</param>
public readonly record struct RelayRoute(string From, bool IsRelay)
{
    public static readonly RelayRoute Direct = new("", false);
}

/// <summary>
/// How the parameters of one version get to its workers, as work is given to them one after the other: each source sends as many bytes
/// as <see cref="RelayPolicy.FanOut"/> times all parameters, the server first, then whoever got them in full, in that order. A worker
/// becomes a relay as long as the sources at hand would not do for those who are still to come.
/// </summary>
/// <param name="policy">How much each sends.</param>
/// <param name="version">The version.</param>
/// <param name="whole">Bytes of all parameters, 1 or more.</param>
/// <param name="workers">Workers that are expected to get them, 1 or more.</param>
internal sealed class RelayPlan(RelayPolicy policy, long version, long whole, int workers)
{
    private readonly LinkedList<Source> _sources = new([new Source("", "", policy.FanOut * whole)]);
    private readonly HashSet<string> _relays = new(StringComparer.Ordinal);
    private long _room = policy.FanOut * whole;
    private int _left = workers;

    public long Version => version;

    public int Workers { get; } = workers;

    /// <summary>Bytes that leave the server by this plan.</summary>
    public long FromServer { get; private set; }

    /// <summary>Where the next worker gets its part.</summary>
    /// <param name="address">Where its plane is; empty for one that cannot be asked.</param>
    /// <param name="zone">Its place: sources of the same one go first.</param>
    /// <param name="part">Bytes that it needs, 1 or more.</param>
    public RelayRoute Next(string address, string zone, long part)
    {
        _left = Math.Max(0, _left - 1);
        var becomesRelay = address.Length > 0 && !_relays.Contains(address) && _left * (double)part > _room - part;
        var bytes = becomesRelay ? whole : part;
        var source = Pick(zone, bytes);
        if (source is null) FromServer += bytes;
        else Use(source, bytes);
        if (becomesRelay) Add(new Source(address, zone, policy.FanOut * whole));
        return new RelayRoute(source?.Value.Address ?? "", becomesRelay);
    }

    /// <summary>A worker did not give what it was asked for: nobody else is sent to it.</summary>
    public void Drop(string address)
    {
        for (var node = _sources.First; node is not null; node = node.Next)
        {
            if (node.Value.Address != address || address.Length == 0) continue;
            _room -= node.Value.Room;
            _sources.Remove(node);
            return;
        }
    }

    private LinkedListNode<Source>? Pick(string zone, long bytes)
    {
        LinkedListNode<Source>? any = null;
        for (var node = _sources.First; node is not null; node = node.Next)
        {
            if (node.Value.Room < bytes) continue;
            if (node.Value.Zone == zone) return node;
            any ??= node;
            if (zone.Length == 0) break;
        }

        return any;
    }

    private void Use(LinkedListNode<Source> node, long bytes)
    {
        _room -= bytes;
        if (node.Value.Address.Length == 0) FromServer += bytes;
        node.Value = node.Value with { Room = node.Value.Room - bytes };
        if (node.Value.Room > 0) return;
        _sources.Remove(node);
    }

    private void Add(Source source)
    {
        _relays.Add(source.Address);
        _sources.AddLast(source);
        _room += source.Room;
    }

    private readonly record struct Source(string Address, string Zone, long Room);
}

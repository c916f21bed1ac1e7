namespace ClusterTrain.Actors.Membership;

/// <summary>
/// What of the cluster a node remembers when it begins anew: where servers were, beside the seeds, and whether one is in sight.
/// Any thread may call.
/// </summary>
internal sealed class MembershipMemory
{
    private const int MostContacts = 8;
    private static readonly TimeSpan Forget = TimeSpan.FromMinutes(10);
    private readonly Lock _gate = new();
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly long _began;
    private readonly Dictionary<string, TimeSpan> _contacts = new(StringComparer.Ordinal);
    private TimeSpan? _servedAt;

    public MembershipMemory() => _began = _time.GetTimestamp();

    /// <summary>Time since this node began.</summary>
    public TimeSpan Now => _time.GetElapsedTime(_began);

    /// <summary>host:port of nodes worth asking, beside the seeds.</summary>
    public IReadOnlyList<string> Contacts
    {
        get
        {
            lock (_gate) return [.. _contacts.Keys];
        }
    }

    /// <summary>A node with a server, or that knows one, was heard.</summary>
    public void Remember(string node)
    {
        lock (_gate)
        {
            _contacts[node] = Now;
            foreach (var (old, _) in _contacts.OrderByDescending(contact => contact.Value)
                .Where((contact, index) => index >= MostContacts || Now - contact.Value > Forget).ToList()) _contacts.Remove(old);
        }
    }

    /// <summary>The active server has answered.</summary>
    public void Served()
    {
        lock (_gate) _servedAt = Now;
    }

    /// <summary>No answer counts any more.</summary>
    public void NotServed()
    {
        lock (_gate) _servedAt = null;
    }

    /// <summary>Whether the active server has answered within this time.</summary>
    public bool IsServed(TimeSpan within)
    {
        lock (_gate) return _servedAt is { } at && Now - at <= within;
    }
}

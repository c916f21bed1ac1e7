using ClusterTrain.Actors;

namespace ClusterTrain.Node.Nodes;

/// <summary>The node as its own port's routes see it: the port is open before the node has its place in the cluster.</summary>
internal sealed class LateNode
{
    private readonly TimeProvider _time;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    // Long enough for every healing; then the process may as well begin anew.
    private static readonly TimeSpan Forsaken = TimeSpan.FromMinutes(5);

    private AkkaNode? _node;
    private long _readyAt;

    /// <param name="time">The clock.</param>
    public LateNode(TimeProvider time) => (_time, _readyAt) = (time, time.GetTimestamp());

    /// <summary>Address of this node's plane.</summary>
    public string Plane { get; private set; } = "";

    /// <summary>The server's duty; null on a node without that role.</summary>
    public ServerDuty? Duty { get; private set; }

    /// <summary>What follows the other servers' runs; null on a node without that role.</summary>
    public RunFollower? Follower { get; private set; }

    /// <summary>Why this node cannot do its part now; null when it can: it is a full member, with an active server in sight.</summary>
    public string? WhyNotReady => Volatile.Read(ref _node) switch
    {
        not { IsUp: true } => "not a member of the cluster yet",
        { SeesServer: false } => "the cluster's active server is not in sight",
        _ => null,
    };

    /// <summary>Why this process should be ended and started again: it has had no active server in sight for minutes; null when all is well.</summary>
    public string? WhyForsaken
    {
        get
        {
            var now = _time.GetTimestamp();
            if (WhyNotReady is not { } why)
            {
                Interlocked.Exchange(ref _readyAt, now);
                return null;
            }

            return _time.GetElapsedTime(Interlocked.Read(ref _readyAt), now) < Forsaken ? null : $"for {Forsaken.TotalMinutes:F0} minutes: {why}";
        }
    }

    /// <summary>The cluster as this node sees it.</summary>
    public IReadOnlyList<NodeStatusOfMember> Members => Volatile.Read(ref _node) is { } node
        ? [.. node.Members.Select(member => new NodeStatusOfMember(member.Address, member.Roles, member.Status, member.IsReachable))]
        : [];

    public void Set(string plane, ServerDuty? duty, RunFollower? follower) => (Plane, Duty, Follower) = (plane, duty, follower);

    public void Set(AkkaNode node) => Volatile.Write(ref _node, node);

    /// <summary>Address of the active server's plane, or null.</summary>
    public Task<string?> LocateServer() => Volatile.Read(ref _node) is { } node ? node.LocateServer(Patience) : Task.FromResult<string?>(null);
}

namespace ClusterTrain.Actors.Membership;

/// <summary>What a node knows when it looks at its membership. Times are of one clock of its own.</summary>
internal sealed record MembershipState
{
    /// <summary>Whether this node can be the server.</summary>
    public required bool IsServer { get; init; }

    /// <summary>host:port of this node.</summary>
    public required string Node { get; init; }

    /// <summary>host:port of the seeds in their order, with this node or without it.</summary>
    public required IReadOnlyList<string> Seeds { get; init; }

    /// <summary>Whether this node knew others in a life before, beside the seeds, who may know a cluster.</summary>
    public required bool HasContacts { get; init; }

    /// <summary>The cluster that this node is in; null: in none.</summary>
    public required ClusterView? Own { get; init; }

    public required TimeSpan Now { get; init; }

    /// <summary>Since when this node is in no cluster, or has asked to be let in for the last time.</summary>
    public required TimeSpan OutsideSince { get; init; }

    /// <summary>When a server, active or not, was among the members within reach for the last time.</summary>
    public required TimeSpan ServerSeenAt { get; init; }

    /// <summary>Nodes that are not in this node's cluster.</summary>
    public required IReadOnlyList<Stranger> Strangers { get; init; }
}

/// <summary>What a node does about its membership.</summary>
internal abstract record MembershipAction
{
    private MembershipAction()
    {
    }

    /// <summary>All is well, or nothing can be done yet.</summary>
    public sealed record Wait : MembershipAction;

    /// <summary>Forms a cluster of its own.</summary>
    public sealed record Found : MembershipAction;

    /// <summary>Asks a node to be let into its cluster.</summary>
    public sealed record Join(Stranger Host) : MembershipAction;

    /// <summary>Leaves the cluster, to begin anew outside of any.</summary>
    public sealed record Leave(string Why) : MembershipAction;
}

/// <summary>
/// Which cluster a node belongs in, as a pure function of what it knows. All nodes follow it, and it makes one cluster of any
/// number of them: servers found clusters, the seeds among them introduce strangers to each other, and of two clusters that
/// meet the worse one dissolves, node by node.
/// </summary>
internal static class MembershipRule
{
    public static MembershipAction Decide(MembershipState state, MembershipTimes times)
    {
        var heard = state.Strangers.Where(stranger => state.Now - stranger.LastAt <= times.Fresh).ToList();
        var best = Best(heard.Where(stranger => stranger.Cluster is { Nodes: > 0, HasServer: true }));
        if (state.Own is not { } own)
        {
            if (best is not null) return new MembershipAction.Join(best);
            return MayFound(state, heard, times) ? new MembershipAction.Found() : new MembershipAction.Wait();
        }

        if (best is not null && best.Cluster.IsBetterThan(own) && (!own.HasServer || best.LastAt - best.FirstAt >= times.Settle))
            return new MembershipAction.Leave(
                $"there is another cluster at {best.Node}, of {Nodes(best.Cluster)} where this one has {own.Nodes}");
        if (!state.IsServer && state.Now - state.ServerSeenAt >= times.WithoutServer)
            return new MembershipAction.Leave($"no server of this cluster could be reached for {times.WithoutServer.TotalSeconds:0.#} s");
        return new MembershipAction.Wait();
    }

    private static Stranger? Best(IEnumerable<Stranger> strangers) =>
        strangers.Aggregate((Stranger?)null, (best, one) => best is null || one.Cluster.IsBetterThan(best.Cluster) ? one : best);

    // A seed that is in no cluster either leaves it to those before it in the list; who does not answer is not waited for long.
    private static bool MayFound(MembershipState state, List<Stranger> heard, MembershipTimes times)
    {
        if (!state.IsServer) return false;
        var rank = state.Seeds.Count == 0 ? 0 : state.Seeds.ToList().IndexOf(state.Node);
        if (rank < 0) return false;
        var free = heard.Where(stranger => stranger.Cluster is { Nodes: 0, HasServer: true })
            .Select(stranger => stranger.Node).ToHashSet(StringComparer.Ordinal);
        if (state.Seeds.Take(rank).Any(free.Contains)) return false;
        var isNobodyLeft = !state.HasContacts && state.Seeds.All(seed => seed == state.Node || free.Contains(seed));
        return isNobodyLeft || state.Now - state.OutsideSince >= (rank + 1) * times.FoundAfter;
    }

    private static string Nodes(ClusterView cluster) => cluster.Nodes == 1 ? "one node" : $"{cluster.Nodes} nodes";
}

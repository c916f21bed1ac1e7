namespace ClusterTrain.Actors.Membership;

/// <summary>A cluster as one of its members sees it.</summary>
/// <param name="Nodes">Members within reach, itself included; 0 for a node that is in no cluster.</param>
/// <param name="HasServer">Whether one of them can be the server; of a node that is in no cluster, whether it can itself.</param>
/// <param name="Since">When it was founded: milliseconds since 1970, by the founder's clock.</param>
/// <param name="Leader">host:port of its leader; in no two clusters at once the same.</param>
internal sealed record ClusterView(int Nodes, bool HasServer, long Since, string Leader)
{
    /// <summary>
    /// Which of two clusters goes on: the one with a server, then the larger, then the older one. Of two that differ one is
    /// better, whichever is asked, so that both sides come to the same answer.
    /// </summary>
    public bool IsBetterThan(ClusterView other)
    {
        if (HasServer != other.HasServer) return HasServer;
        if (Nodes != other.Nodes) return Nodes > other.Nodes;
        return Since != other.Since ? Since < other.Since : string.CompareOrdinal(Leader, other.Leader) < 0;
    }
}

/// <summary>A node that is not a member of this node's cluster, and what it said last.</summary>
/// <param name="Node">Its host:port.</param>
/// <param name="Uid">Tells its life from those before it.</param>
/// <param name="Cluster">The cluster that it is in.</param>
/// <param name="FirstAt">Since when it has been seen as a stranger.</param>
/// <param name="LastAt">When it was heard last.</param>
internal sealed record Stranger(string Node, int Uid, ClusterView Cluster, TimeSpan FirstAt, TimeSpan LastAt);

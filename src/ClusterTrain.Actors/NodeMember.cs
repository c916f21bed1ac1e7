namespace ClusterTrain.Actors;

/// <summary>One member of the cluster, as this node sees it.</summary>
/// <param name="Address">host:port.</param>
/// <param name="Roles">server, trainer, adversary.</param>
/// <param name="Status">Joining, Up, Leaving ...</param>
/// <param name="IsReachable">Whether its heartbeats arrive.</param>
public sealed record NodeMember(string Address, IReadOnlyList<string> Roles, string Status, bool IsReachable);

namespace ClusterTrain.Actors;

/// <summary>How a node's part in the cluster ended.</summary>
/// <param name="IsOrderly">Whether it left, rather than being downed.</param>
/// <param name="Reason">A line for people.</param>
public sealed record NodeEnd(bool IsOrderly, string Reason);

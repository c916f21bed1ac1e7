namespace ClusterTrain.Node.Cli;

/// <summary>The cluster did not answer, or not with what was asked.</summary>
internal sealed class ClusterException(string message) : Exception(message);

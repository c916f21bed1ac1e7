namespace ClusterTrain.Cluster.Nodes;

/// <summary>A node's settings are wrong: a line for each problem, with what is allowed.</summary>
public sealed class NodeSettingsException(IReadOnlyList<string> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    public IReadOnlyList<string> Problems { get; } = problems;
}

namespace ClusterTrain.Cluster.Protocol;

/// <summary>One life of a run's server: what is said under another one counts for nothing.</summary>
/// <param name="Run">The run's name.</param>
/// <param name="Incarnation">Grows with every start of a server for this run.</param>
public readonly record struct RunKey(string Run, int Incarnation)
{
    public override string ToString() => $"{Run} (incarnation {Incarnation})";
}

using ClusterTrain.Cluster.Serving;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Cluster.Working;

/// <summary>A run as a worker has it: its data is loaded and its math chosen.</summary>
/// <param name="SpecText">The spec that it was prepared from.</param>
/// <param name="Context">The run.</param>
public sealed record PreparedRun(string SpecText, RunContext Context)
{
    public FitnessCheck Fingerprint { get; } = FitnessCheck.Of(Context);
}

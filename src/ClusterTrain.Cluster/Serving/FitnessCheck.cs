using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Cluster.Serving;

/// <summary>What must match for bits to match, as the run has it.</summary>
/// <param name="Spec">SHA-256 of the spec.</param>
/// <param name="Data">SHA-256 of the data.</param>
public sealed record FitnessCheck(string Math, string MathVersion, string Data, string Spec)
{
    public static FitnessCheck Of(RunContext context) =>
        new(context.Math.Name, context.Math.Version, context.Data.Hash, SpecHash.Of(context.Spec));

    public ClusterMessage.Ready Ready(string worker, RunKey run) => new(worker, run, Math, MathVersion, Data, Spec);

    /// <summary>Why a worker would compute other bits, naming both sides; null when it would not.</summary>
    public string? Problem(ClusterMessage.Ready worker)
    {
        if (worker.Spec != Spec) return $"its spec has the hash {worker.Spec}, the run's has {Spec}: is it another version of the program?";
        if (worker.Data != Data) return $"its data has the hash {worker.Data}, the run's has {Data}: the data set must be the same file for file";
        if (worker.Math != Math || worker.MathVersion != MathVersion)
            return $"it computes with math {worker.Math} {worker.MathVersion}, the run with {Math} {MathVersion}";
        return null;
    }
}

using ClusterTrain.Numerics.Randomness;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Server;

/// <summary>
/// What is executed a second time: known to all who have spec and step, like every random number of the run; a faulty machine knows
/// nothing.
/// </summary>
public static class AuditDraw
{
    /// <summary>Whether an answer of one worker is audited that begins with this item.</summary>
    public static bool IsDue(RunSpec spec, WorkId first) => spec.Audit > 0
        && new RandomStream(spec.Seed, RandomPurpose.Audit, ParameterSnapshot.StepsOf(first.Step), first.Index, (int)first.Kind).Uniform(0) < spec.Audit;
}

namespace ClusterTrain.Training.Work;

public enum WorkKind
{
    /// <summary>Adversarial examples of a shard.</summary>
    Attack,

    /// <summary>Gradient of a shard.</summary>
    Gradient,

    /// <summary>Chunk of an evaluation during training.</summary>
    Validate,

    /// <summary>Chunk of the evaluation of the run's result, which may be of a version that was validated before.</summary>
    Conclude,
}

/// <summary>
/// Names one work item of a run, so that late and repeated answers are recognized. Two answers to the same id are equal
/// to the bit.
/// </summary>
/// <param name="Incarnation">Which life of the parameter server asked; answers to an earlier life count for nothing.</param>
/// <param name="Kind">What is to be done.</param>
/// <param name="Step">Step the result is for; for an evaluation, the number of the parameters that are measured.</param>
/// <param name="Index">Shard of the step, or chunk of the evaluation.</param>
public readonly record struct WorkId(int Incarnation, WorkKind Kind, long Step, int Index)
{
    public override string ToString() => Kind switch
    {
        WorkKind.Validate => $"validation of version {ParameterSnapshot.StepsOf(Step)}, chunk {Index}",
        WorkKind.Conclude => $"final evaluation of version {ParameterSnapshot.StepsOf(Step)}, chunk {Index}",
        WorkKind.Attack => $"attack for step {Step}, shard {Index}",
        _ => $"gradient of step {Step}, shard {Index}",
    };
}

using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Stopping;

/// <summary>What early stopping remembers from one evaluation to the next.</summary>
public sealed record StoppingState
{
    public static readonly StoppingState Start = new();

    /// <summary>Version of the best state so far, or null before the first evaluation.</summary>
    public long? BestVersion { get; init; }

    /// <summary>Metric there.</summary>
    public double BestMetric { get; init; }

    /// <summary>The evaluation of the state that is the run's result as things stand: the best, or the last one.</summary>
    public EvaluationSums Result { get; init; }

    /// <summary>Evaluations since then.</summary>
    public int Misses { get; init; }

    /// <summary>Version of the last evaluation, or null.</summary>
    public long? LastVersion { get; init; }

    /// <summary>What is remembered of training on one step.</summary>
    public CollapseState Collapse { get; init; } = CollapseState.None;

    /// <summary>Whether patience has run out, or a collapse ends the run.</summary>
    public bool HasStopped { get; init; }
}

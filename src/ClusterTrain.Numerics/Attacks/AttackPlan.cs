using ClusterTrain.Numerics.Randomness;

namespace ClusterTrain.Numerics.Attacks;

/// <summary>
/// Projected gradient descent on the negative loss (Madry et al. 2018) as threat model plus numbers: start, then
/// <see cref="Steps"/> times step, project to the ball, clip to [0, 1]. FGSM (Goodfellow et al. 2015) is the plan of
/// one step of length epsilon without a random start.
/// </summary>
public sealed record AttackPlan
{
    public required AttackNorm Norm { get; init; }

    /// <summary>Radius of the ball, 0 or more, pixels being in [0, 1].</summary>
    public required float Epsilon { get; init; }

    /// <summary>Length of one step, 0 or more.</summary>
    public required float StepSize { get; init; }

    /// <summary>Gradient steps of each run, 1 or more.</summary>
    public required int Steps { get; init; }

    public bool RandomStart { get; init; }

    /// <summary>Runs from different starts, 1 or more; a row keeps the run with its highest loss, the first of equals.</summary>
    public int Restarts { get; init; } = 1;

    public static AttackPlan Fgsm(AttackNorm norm, float epsilon) =>
        new() { Norm = norm, Epsilon = epsilon, StepSize = epsilon, Steps = 1 };

    public IThreatModel Threat() => Norm switch
    {
        AttackNorm.Linf => new LinfThreat(Epsilon, StepSize),
        AttackNorm.L2 => new L2Threat(Epsilon, StepSize),
        _ => throw new InvalidOperationException($"No threat model for {Norm}."),
    };

    /// <summary>
    /// Epsilon and step length times <paramref name="factor"/> in [0, 1]: the eps warm-up, without which training at a
    /// large epsilon collapses.
    /// </summary>
    public AttackPlan Scaled(double factor) =>
        factor >= 1 ? this : this with { Epsilon = (float)(Epsilon * factor), StepSize = (float)(StepSize * factor) };
}

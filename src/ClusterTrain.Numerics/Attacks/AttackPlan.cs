using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Attacks;

/// <summary>
/// An attack as numbers: the ball, the algorithm that searches it, and how hard. By default projected gradient descent
/// on the negative loss (Madry et al. 2018): start, then <see cref="Steps"/> times step, project to the ball, clip to
/// [0, 1]. FGSM (Goodfellow et al. 2015) is the plan of one step of length epsilon without a random start.
/// </summary>
public sealed record AttackPlan
{
    public AttackAlgorithm Algorithm { get; init; } = AttackAlgorithm.Pgd;

    public required AttackNorm Norm { get; init; }

    /// <summary>Radius of the ball, 0 or more, pixels being in [0, 1].</summary>
    public required float Epsilon { get; init; }

    /// <summary>Length of one step of PGD, 0 or more. Auto-PGD starts with 2 epsilon and finds its own.</summary>
    public float StepSize { get; init; }

    /// <summary>Gradient steps of each run, 1 or more.</summary>
    public int Steps { get; init; } = 1;

    public bool RandomStart { get; init; }

    /// <summary>Runs from different starts, 1 or more; a row keeps the run with its highest loss, the first of equals.</summary>
    public int Restarts { get; init; } = 1;

    /// <summary>Decay mu of PGD's accumulated gradient, 0 to 1 (Dong et al. 2018, eq. 6); 0 steps along each gradient alone.</summary>
    public float Momentum { get; init; }

    /// <summary>Most classes that the targeted attack aims at, 1 or more: those with the next-highest clean scores.</summary>
    public int Targets { get; init; } = 9;

    /// <summary>Forward passes a row that Square may use in a run, 1 or more.</summary>
    public int Queries { get; init; } = 1000;

    /// <summary>Maps of a row, where Square draws its squares; null for plain features.</summary>
    public MapShape? Image { get; init; }

    /// <summary>Training returns the last iterate; evaluation the worst.</summary>
    public KeptIterate Keep { get; init; } = KeptIterate.Last;

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

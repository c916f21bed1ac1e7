using ClusterTrain.Numerics.Catalogues;

namespace ClusterTrain.Numerics.Attacks;

/// <summary>What an attack sees of a network, and so what can mislead it.</summary>
public enum AttackSight
{
    /// <summary>The gradient of cross-entropy, which vanishes where a network is very sure.</summary>
    CrossEntropy,

    /// <summary>The gradient of a difference or a ratio of scores, which does not.</summary>
    ScoreRatio,

    /// <summary>Class scores and no gradient.</summary>
    Scores,
}

/// <summary>
/// An attack that searches the ball around each row for a point that is misclassified. A record of its options; the search
/// itself is made by <see cref="Search"/>.
/// </summary>
public abstract record BallAttack : Attack
{
    [Option("Norm of the ball around each row")]
    public AttackNorm Norm { get; init; } = AttackNorm.Linf;

    [Option("Radius of the ball, pixels being in [0, 1]", Min = 0, Max = 1000)]
    [LineOption("eps")]
    public double Epsilon { get; init; } = 0.1;

    public abstract AttackSight Sight { get; }

    /// <summary>Class scores that it compares.</summary>
    public virtual int LeastClasses => 0;

    /// <summary>Gradients by its inputs that a row takes in one run.</summary>
    public virtual int GradientSteps => 0;

    /// <summary>Whether its last iterate is an answer, as training wants it.</summary>
    public virtual bool CanTrain => false;

    /// <summary>Whether each run starts at a random point of the ball and not at the row itself.</summary>
    public virtual bool StartsAtRandom => false;

    /// <summary>A search for one thread, which serves every attack of this type, whatever its options.</summary>
    public abstract ISearch Search();

    /// <summary>
    /// The attack with all lengths times <paramref name="factor"/>, 0 or more: as in the eps warm-up, without which training at
    /// a large epsilon collapses.
    /// </summary>
    public virtual BallAttack Scaled(double factor) => this with { Epsilon = Scaled(Epsilon, factor) };

    /// <summary>The attack with steps times <paramref name="factor"/>, above 0, in the same ball; without steps, in a ball so much smaller.</summary>
    public virtual BallAttack Stepping(double factor) => Scaled(factor);

    /// <summary>The same attack with a quarter of its effort; null where it has no effort to spare.</summary>
    public virtual LessEffort? WithLessEffort() => null;

    public override IEnumerable<OptionCheck> Checks() =>
    [
        new(
            "An attack with `epsilon` 0 (warning): it leaves every row as it is",
            Epsilon > 0 ? null : new(nameof(Epsilon), "an attack with epsilon 0 leaves every row as it is", IsWarning: true)),
    ];

    /// <summary>A length times a factor. Attacks compute with floats: the factor acts on what they compute with.</summary>
    protected static double Scaled(double length, double factor) => (float)length * factor;
}

/// <summary>An attack made weaker, to see that effort pays.</summary>
/// <param name="Attack">The weaker attack.</param>
/// <param name="Effort">What there is less of: <c>steps</c>.</param>
/// <param name="IsNested">Whether the stronger attack visits every point that the weaker one does.</param>
public sealed record LessEffort(BallAttack Attack, string Effort, bool IsNested);

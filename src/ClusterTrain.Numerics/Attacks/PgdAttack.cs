using ClusterTrain.Numerics.Catalogues;

namespace ClusterTrain.Numerics.Attacks;

/// <summary>
/// Projected gradient ascent on cross-entropy with a fixed step (Madry et al. 2018): start, then <see cref="Steps"/> times step,
/// project to the ball, clip to [0, 1].
/// </summary>
public sealed record PgdAttack : BallAttack
{
    public override string Name => "pgd";

    public override string Meaning => "projected gradient ascent on cross-entropy with steps of one length";

    public override AttackSight Sight => AttackSight.CrossEntropy;

    public override int GradientSteps => Steps;

    public override bool CanTrain => true;

    public override bool StartsAtRandom => RandomStart;

    [Option("Length of one step", Min = 0, Max = 1000)]
    [LineOption("step")]
    public double StepSize { get; init; } = 0.025;

    [Option("Gradient steps of each run", Min = 1, Max = 10_000, Unit = "steps")]
    [LineOption("steps")]
    public int Steps { get; init; } = 7;

    [Option("Decay mu of the accumulated gradient (Dong et al. 2018, eq. 6); 0 steps along each gradient alone", Min = 0, Max = 1)]
    [LineOption("momentum", OnlyIfSet = true)]
    public double Momentum { get; init; }

    [Option("Runs from different starts; the row with the highest loss is taken, the first of equals", Min = 1, Max = 1000)]
    [LineOption("restarts", OnlyIfSet = true)]
    public int Restarts { get; init; } = 1;

    [Option("Start at a random point of the ball instead of the row itself")]
    [LineOption("start", OnlyIfSet = true, WhenTrue = "random", WhenFalse = "none")]
    public bool RandomStart { get; init; } = true;

    public override ISearch Search() => new PgdSearch(static attack => (PgdAttack)attack);

    public override BallAttack Scaled(double factor) =>
        this with { Epsilon = Scaled(Epsilon, factor), StepSize = Scaled(StepSize, factor) };

    public override BallAttack Stepping(double factor) => this with { StepSize = StepSize * factor };

    public override LessEffort WithLessEffort() => new(this with { Steps = Math.Max(1, Steps / 4) }, "steps", IsNested: true);

    public override IEnumerable<OptionCheck> Checks() =>
    [
        new(
            "`stepSize` of a pgd attack is above 0",
            StepSize > 0 ? null : new(nameof(StepSize), "pgd wants a step above 0; 0 is given")),
        .. base.Checks(),
        new(
            "A pgd attack without random start whose `steps` times `stepSize` are less than `epsilon` (warning): it cannot reach "
            + "the ball's edge",
            ReachesTheEdge() ? null : new(
                nameof(StepSize),
                FormattableString.Invariant(
                    $"{Steps} steps of {StepSize} from the row itself cannot reach the edge at epsilon {Epsilon}"),
                IsWarning: true)),
    ];

    // 10 steps of 0.01 do reach 0.1, whatever the rounding.
    private bool ReachesTheEdge() => RandomStart || StepSize <= 0 || Steps * StepSize >= Epsilon * (1 - 1e-9);
}

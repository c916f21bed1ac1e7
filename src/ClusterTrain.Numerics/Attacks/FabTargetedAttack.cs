using ClusterTrain.Numerics.Catalogues;

namespace ClusterTrain.Numerics.Attacks;

/// <summary>
/// The fast adaptive boundary attack (Croce and Hein 2020, "Minimally distorted adversarial examples with a fast adaptive
/// boundary attack", algorithm 1), target by target: it looks for the nearest misclassified point, which breaks the row if it lies
/// within epsilon.
/// </summary>
public sealed record FabTargetedAttack : BallAttack
{
    public override string Name => "fabTargeted";

    public override string Meaning =>
        "the fast adaptive boundary attack, target by target: the nearest misclassified point; for evaluation";

    public override AttackSight Sight => AttackSight.ScoreRatio;

    public override int LeastClasses => 2;

    public override int GradientSteps => Steps;

    [Option("Gradient steps of each run; its authors evaluate with 100", Min = 1, Max = 10_000, Unit = "steps")]
    [LineOption("steps")]
    public int Steps { get; init; } = 100;

    [Option("Runs at each target; all but the first start at a random point at up to half of epsilon", Min = 1, Max = 1000)]
    [LineOption("restarts", OnlyIfSet = true)]
    public int Restarts { get; init; } = 1;

    [Option("Most wrong classes to aim at, from the one with the highest clean score on", Min = 1, Max = 255, Unit = "classes")]
    [LineOption("targets")]
    public int Targets { get; init; } = 9;

    public override ISearch Search() => new FabSearch();

    public override LessEffort WithLessEffort() => new(this with { Steps = Math.Max(1, Steps / 4) }, "steps", IsNested: true);
}

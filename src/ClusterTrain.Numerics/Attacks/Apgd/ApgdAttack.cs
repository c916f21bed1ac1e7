using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Numerics.Losses;

namespace ClusterTrain.Numerics.Attacks;

/// <summary>Auto-PGD (Croce and Hein 2020, algorithm 1), whatever it climbs.</summary>
public abstract record ApgdAttack : BallAttack
{
    private const int FewSteps = 20;

    public override int GradientSteps => Steps;

    public override bool StartsAtRandom => RandomStart;

    [Option("Gradient steps of each run; its authors evaluate with 100", Min = 1, Max = 10_000, Unit = "steps")]
    [LineOption("steps")]
    public int Steps { get; init; } = 100;

    [Option("Runs from different starts", Min = 1, Max = 1000)]
    [LineOption("restarts", OnlyIfSet = true)]
    public int Restarts { get; init; } = 1;

    [Option("Start at a random point of the ball instead of the row itself")]
    [LineOption("start", OnlyIfSet = true, WhenTrue = "random", WhenFalse = "none")]
    public bool RandomStart { get; init; } = true;

    public override LessEffort WithLessEffort() => new(this with { Steps = Math.Max(1, Steps / 4) }, "steps", IsNested: false);

    public override IEnumerable<OptionCheck> Checks() =>
    [
        .. base.Checks(),
        new(
            $"An Auto-PGD attack of fewer than {FewSteps} steps (warning): its steps have no time to shrink",
            Steps >= FewSteps ? null : new(
                nameof(Steps),
                $"{Steps} steps are few for Auto-PGD: it starts with steps of 2 epsilon and wants about 100 to shrink them",
                IsWarning: true)),
    ];
}

/// <summary>Auto-PGD on cross-entropy.</summary>
public sealed record ApgdCeAttack : ApgdAttack
{
    public override string Name => "apgdCe";

    public override string Meaning => "Auto-PGD on cross-entropy; for evaluation";

    public override AttackSight Sight => AttackSight.CrossEntropy;

    public override ISearch Search() => new ApgdSearch(new PlainObjective(CrossEntropyLoss.Instance));
}

/// <summary>Auto-PGD on the difference of logits ratio (eq. 6).</summary>
public sealed record ApgdDlrAttack : ApgdAttack
{
    public override string Name => "apgdDlr";

    public override string Meaning => "Auto-PGD on the difference of logits ratio; for evaluation, with 3 classes or more";

    public override AttackSight Sight => AttackSight.ScoreRatio;

    public override int LeastClasses => 3;

    public override ISearch Search() => new ApgdSearch(new PlainObjective(DlrLoss.Instance));
}

/// <summary>Auto-PGD on the targeted difference of logits ratio, target by target (eq. 7).</summary>
public sealed record ApgdTargetedAttack : ApgdAttack
{
    public override string Name => "apgdTargeted";

    public override string Meaning =>
        "Auto-PGD on the targeted difference of logits ratio, target by target; for evaluation, with 4 classes or more";

    public override AttackSight Sight => AttackSight.ScoreRatio;

    public override int LeastClasses => 4;

    [Option("Most wrong classes to aim at, from the one with the highest clean score on", Min = 1, Max = 255, Unit = "classes")]
    [LineOption("targets")]
    public int Targets { get; init; } = 9;

    public override ISearch Search() => new ApgdSearch(new TargetedDlrObjective());
}

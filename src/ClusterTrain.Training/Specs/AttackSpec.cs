using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Catalogues;

namespace ClusterTrain.Training.Specs;

public enum AttackMethod
{
    None,
    Fgsm,
    Pgd,
    ApgdCe,
    ApgdDlr,
    ApgdTargeted,
    Square,
}

/// <summary>An attack as users name it, in a spec or on one line: <c>pgd linf eps=0.1 step=0.01 steps=50</c>.</summary>
public sealed record AttackSpec
{
    public static readonly AttackSpec None = new();

    [Option("none, fgsm (one step of length epsilon, no random start), pgd, or for evaluation: apgdCe, apgdDlr, apgdTargeted (Auto-PGD on cross-entropy, on the difference of logits ratio, and on that target by target), square (random search without gradients)")]
    public AttackMethod Method { get; init; } = AttackMethod.None;

    [Option("Norm of the ball around each row", IgnoredWhen = "method is none")]
    public AttackNorm Norm { get; init; } = AttackNorm.Linf;

    [Option("Radius of the ball, pixels being in [0, 1]", Min = 0, Max = 1000, IgnoredWhen = "method is none")]
    public double Epsilon { get; init; } = 0.1;

    [Option("Length of one step", Min = 0, Max = 1000, IgnoredWhen = "method is not pgd")]
    public double StepSize { get; init; } = 0.025;

    [Option("Gradient steps; Auto-PGD wants about 100", Min = 1, Max = 10_000, Unit = "steps", IgnoredWhen = "method is none, fgsm or square")]
    public int Steps { get; init; } = 7;

    [Option("Start at a random point of the ball instead of the row itself", IgnoredWhen = "method is none, fgsm or square")]
    public bool RandomStart { get; init; } = true;

    [Option("Runs from different starts; the row with the highest loss is taken", Min = 1, Max = 1000, IgnoredWhen = "method is none or fgsm")]
    public int Restarts { get; init; } = 1;

    [Option("Decay of the accumulated gradient; 0 steps along each gradient alone", Min = 0, Max = 1, IgnoredWhen = "method is not pgd")]
    public double Momentum { get; init; }

    [Option("Most wrong classes to aim at, from the one with the highest clean score on", Min = 1, Max = 255, Unit = "classes", IgnoredWhen = "method is not apgdTargeted")]
    public int Targets { get; init; } = 9;

    [Option("Forward passes a row", Min = 1, Max = 100_000, Unit = "queries", IgnoredWhen = "method is not square")]
    public int Queries { get; init; } = 1000;
}

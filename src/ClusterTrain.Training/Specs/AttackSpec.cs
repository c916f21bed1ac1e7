using ClusterTrain.Numerics.Attacks;

namespace ClusterTrain.Training.Specs;

public enum AttackMethod
{
    None,
    Fgsm,
    Pgd,
}

/// <summary>An attack as users name it, in a spec or on one line: <c>pgd linf eps=0.1 step=0.01 steps=50</c>.</summary>
public sealed record AttackSpec
{
    public static readonly AttackSpec None = new();

    [SpecKey("none, fgsm (one step of length epsilon, no random start) or pgd")]
    public AttackMethod Method { get; init; } = AttackMethod.None;

    [SpecKey("Norm of the ball around each row", IgnoredWhen = "method is none")]
    public AttackNorm Norm { get; init; } = AttackNorm.Linf;

    [SpecKey("Radius of the ball, pixels being in [0, 1]", Min = 0, Max = 1000, IgnoredWhen = "method is none")]
    public double Epsilon { get; init; } = 0.1;

    [SpecKey("Length of one step", Min = 0, Max = 1000, IgnoredWhen = "method is not pgd")]
    public double StepSize { get; init; } = 0.025;

    [SpecKey("Gradient steps", Min = 1, Max = 10_000, Unit = "steps", IgnoredWhen = "method is not pgd")]
    public int Steps { get; init; } = 7;

    [SpecKey("Start at a random point of the ball instead of the row itself", IgnoredWhen = "method is not pgd")]
    public bool RandomStart { get; init; } = true;

    [SpecKey("Runs from different starts; the row with the highest loss is taken", Min = 1, Max = 1000, IgnoredWhen = "method is not pgd")]
    public int Restarts { get; init; } = 1;
}

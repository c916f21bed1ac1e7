namespace ClusterTrain.Numerics.Attacks;

/// <summary>
/// The fast gradient sign method (Goodfellow et al. 2015, section 4), in either norm: one step of PGD of length epsilon from the
/// row itself.
/// </summary>
public sealed record FgsmAttack : BallAttack
{
    public override string Name => "fgsm";

    public override string Meaning => "one step of length epsilon along the gradient of cross-entropy, no random start";

    public override AttackSight Sight => AttackSight.CrossEntropy;

    public override int GradientSteps => 1;

    public override bool CanTrain => true;

    public override BallAttack Stepping(double factor) => AsPgd(this).Stepping(factor);

    public override ISearch Search() => new PgdSearch(AsPgd);

    private static PgdAttack AsPgd(BallAttack attack) => new()
    {
        Norm = attack.Norm, Epsilon = attack.Epsilon, StepSize = attack.Epsilon, Steps = 1, RandomStart = false,
    };
}

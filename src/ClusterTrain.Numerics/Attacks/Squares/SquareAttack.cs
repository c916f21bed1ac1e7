using ClusterTrain.Numerics.Catalogues;

namespace ClusterTrain.Numerics.Attacks;

/// <summary>Random search over squares that sees the class scores alone (Andriushchenko et al. 2020).</summary>
public sealed record SquareAttack : BallAttack
{
    public override string Name => "square";

    public override string Meaning => "random search over squares, without gradients; for evaluation";

    public override AttackSight Sight => AttackSight.Scores;

    public override int LeastClasses => 2;

    [Option("Forward passes a row and run", Min = 1, Max = 100_000, Unit = "queries")]
    [LineOption("queries")]
    public int Queries { get; init; } = 1000;

    [Option("Runs from different starts", Min = 1, Max = 1000)]
    [LineOption("restarts", OnlyIfSet = true)]
    public int Restarts { get; init; } = 1;

    public override ISearch Search() => new SquareSearch();

    public override LessEffort WithLessEffort() => new(this with { Queries = Math.Max(1, Queries / 4) }, "queries", IsNested: false);
}

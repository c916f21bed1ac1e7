using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Numerics.Losses;

namespace ClusterTrain.Extending.Tests.Attacks;

/// <summary>The worst of some random points of the ball: what any attack must beat.</summary>
public sealed record NoiseAttack : BallAttack
{
    public override string Name => "noise";

    public override string Meaning => "the worst of some random points of the ball";

    public override AttackSight Sight => AttackSight.Scores;

    public override bool CanTrain => true;

    public override bool StartsAtRandom => true;

    [Option("Random points of each row", Min = 1, Max = 10_000, Unit = "points")]
    [LineOption("draws")]
    public int Draws { get; init; } = 1;

    public override ISearch Search() => new NoiseSearch();

    private sealed class NoiseSearch : ISearch
    {
        private const int Point = 1;

        private readonly LiveRows _live = new(2);
        private readonly JudgedLoss _loss = new(CrossEntropyLoss.Instance);
        private float[] _losses = [];

        public int Runs(BallAttack attack, int classes) => ((NoiseAttack)attack).Draws;

        public void Run(
            ILossSurface surface, AttackPlan plan, AttackBatch batch, int run, Findings found, Span<float> adversarial,
            Action<int, float[]>? onIterate)
        {
            _live.Load(batch, found);
            if (_losses.Length < batch.Count) _losses = new float[batch.Count];
            var threat = ThreatModels.Of(plan.Attack.Norm, plan.Attack.Epsilon);
            SearchStart.Fill(_live, Point, isRandom: true, threat, batch.Start.Stream(run));
            var logits = surface.Logits(_live[Point], _live.Count);
            _loss.Evaluate(logits, _live.Labels, surface.Classes, _losses.AsSpan(0, _live.Count), default);
            if (plan.Keep == KeptIterate.Last) _live.NoteLosses(Point, _losses, found, adversarial);
            else _live.Note(Point, _losses, _loss.Mistaken, plan.Keep, found, adversarial);
            onIterate?.Invoke(0, _live[Point].ToArray());
        }
    }
}

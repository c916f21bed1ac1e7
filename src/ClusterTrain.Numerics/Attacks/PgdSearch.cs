using ClusterTrain.Numerics.Losses;

namespace ClusterTrain.Numerics.Attacks;

/// <summary>PGD that notes every iterate, its start included: more steps or restarts can only find more.</summary>
internal sealed class PgdSearch : ISearch
{
    private const int Point = 1;
    private const int Gradient = 2;
    private const int Velocity = 3;

    private readonly LiveRows _live = new(4);
    private readonly JudgedLoss _loss = new(CrossEntropyLoss.Instance);
    private float[] _losses = [];

    public int Runs(AttackPlan plan, int classes) => plan.Restarts;

    public void Run(
        ILossSurface surface, AttackPlan plan, AttackBatch batch, int run, Findings found, Span<float> adversarial,
        Action<int, float[]>? onIterate)
    {
        var threat = plan.Threat();
        _live.Load(batch, found);
        if (_losses.Length < batch.Count) _losses = new float[batch.Count];
        SearchStart.Fill(_live, Point, plan, threat, batch.Start.Stream(run));
        _live[Velocity].Clear();
        for (var step = 0; step < plan.Steps; step++)
        {
            surface.InputGradient(_loss, _live[Point], _live.Labels, _live[Gradient], _losses.AsSpan(0, _live.Count));
            _live.Note(Point, _losses, _loss.Mistaken, plan.Keep, found, adversarial);
            if (_live.Count == 0) return;
            for (var row = 0; row < _live.Count; row++) Step(plan, threat, row);
            onIterate?.Invoke(step, _live[Point].ToArray());
        }

        var logits = surface.Logits(_live[Point], _live.Count);
        _loss.Evaluate(logits, _live.Labels, surface.Classes, _losses.AsSpan(0, _live.Count), default);
        _live.Note(Point, _losses, _loss.Mistaken, plan.Keep, found, adversarial);
    }

    private void Step(AttackPlan plan, IThreatModel threat, int row)
    {
        var direction = _live.Row(Gradient, row);
        if (plan.Momentum > 0)
        {
            GradientMomentum.Add(direction, plan.Momentum, _live.Row(Velocity, row));
            direction = _live.Row(Velocity, row);
        }

        threat.Step(direction, _live.Row(Point, row));
        threat.Project(_live.Row(LiveRows.Clean, row), _live.Row(Point, row));
    }
}

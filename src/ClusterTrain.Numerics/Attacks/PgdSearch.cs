using ClusterTrain.Numerics.Losses;

namespace ClusterTrain.Numerics.Attacks;

/// <summary>
/// PGD in training and in evaluation. Evaluation notes every iterate, its start included: more steps or restarts can only find
/// more. Training's answer is each run's last iterate, and a row keeps its run with the highest loss.
/// </summary>
/// <param name="settings">An attack's own options in those of PGD.</param>
internal sealed class PgdSearch(Func<BallAttack, PgdAttack> settings) : ISearch
{
    private const int Point = 1;
    private const int Gradient = 2;
    private const int Velocity = 3;

    private readonly LiveRows _live = new(4);
    private readonly JudgedLoss _loss = new(CrossEntropyLoss.Instance);
    private float[] _losses = [];
    private AttackPlan? _plan;
    private PgdAttack _pgd = new();
    private IThreatModel _threat = ThreatModels.Of(AttackNorm.Linf, 0);

    public int Runs(BallAttack attack, int classes) => settings(attack).Restarts;

    public void Run(
        ILossSurface surface, AttackPlan plan, AttackBatch batch, int run, Findings found, Span<float> adversarial,
        Action<int, float[]>? onIterate)
    {
        Take(plan);
        _live.Load(batch, found);
        if (_losses.Length < batch.Count) _losses = new float[batch.Count];
        SearchStart.Fill(_live, Point, _pgd.RandomStart, _threat, batch.Start.Stream(run));
        if (_pgd.Momentum > 0) _live[Velocity].Clear();
        var isLast = plan.Keep == KeptIterate.Last;
        for (var step = 0; step < _pgd.Steps; step++)
        {
            if (isLast) surface.InputGradient(_live[Point], _live.Labels, _live[Gradient]);
            else Visit(surface, plan, found, adversarial);
            if (_live.Count == 0) return;
            for (var row = 0; row < _live.Count; row++) Step(row);
            onIterate?.Invoke(step, _live[Point].ToArray());
        }

        if (isLast) KeepLast(surface, run, found, adversarial);
        else Judge(surface, plan, found, adversarial);
    }

    private void Take(AttackPlan plan)
    {
        if (ReferenceEquals(plan, _plan)) return;
        (_plan, _pgd) = (plan, settings(plan.Attack));
        _threat = ThreatModels.Of(_pgd.Norm, _pgd.Epsilon, _pgd.StepSize, plan.Range);
    }

    private void Visit(ILossSurface surface, AttackPlan plan, Findings found, Span<float> adversarial)
    {
        surface.InputGradient(_loss, _live[Point], _live.Labels, _live[Gradient], _losses.AsSpan(0, _live.Count));
        _live.Note(Point, _losses, _loss.Mistaken, plan.Keep, found, adversarial);
    }

    private void Judge(ILossSurface surface, AttackPlan plan, Findings found, Span<float> adversarial)
    {
        var logits = surface.Logits(_live[Point], _live.Count);
        _loss.Evaluate(logits, _live.Labels, surface.Classes, _losses.AsSpan(0, _live.Count), default);
        _live.Note(Point, _losses, _loss.Mistaken, plan.Keep, found, adversarial);
    }

    // No row is ever done here, so that the live rows are the batch. A single run needs no losses to compare.
    private void KeepLast(ILossSurface surface, int run, Findings found, Span<float> adversarial)
    {
        if (run == 0) _live[Point].CopyTo(adversarial);
        if (_pgd.Restarts == 1) return;
        surface.Losses(_live[Point], _live.Labels, _losses.AsSpan(0, _live.Count));
        _live.NoteLosses(Point, _losses, found, adversarial);
    }

    private void Step(int row)
    {
        var direction = _live.Row(Gradient, row);
        if (_pgd.Momentum > 0)
        {
            GradientMomentum.Add(direction, (float)_pgd.Momentum, _live.Row(Velocity, row));
            direction = _live.Row(Velocity, row);
        }

        _threat.Step(direction, _live.Row(Point, row));
        _threat.Project(_live.Row(LiveRows.Clean, row), _live.Row(Point, row));
    }
}

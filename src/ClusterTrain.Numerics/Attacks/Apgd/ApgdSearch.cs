using System.Numerics;

namespace ClusterTrain.Numerics.Attacks;

/// <summary>
/// Auto-PGD (Croce and Hein 2020, algorithm 1): gradient ascent with momentum whose step starts at 2 epsilon and is halved,
/// row by row, where the loss no longer rises; after a halving it goes on from the row's best point.
/// </summary>
internal sealed class ApgdSearch(IApgdObjective objective) : ISearch
{
    private const int Point = 1;
    private const int Previous = 2;
    private const int Gradient = 3;
    private const int Best = 4;
    private const int BestGradient = 5;

    /// <summary>Weight alpha of the new step against the last one's direction.</summary>
    private const float NewWeight = 0.75f;

    private readonly LiveRows _live = new(6);
    private readonly JudgedLoss _loss = new(objective.Loss);
    private float[] _losses = [];
    private float[] _stepped = [];
    private ApgdRow[] _rows = [];

    public int Runs(BallAttack attack, int classes) => ((ApgdAttack)attack).Restarts * objective.Targets(attack, classes);

    public void Run(
        ILossSurface surface, AttackPlan plan, AttackBatch batch, int run, Findings found, Span<float> adversarial,
        Action<int, float[]>? onIterate)
    {
        var apgd = (ApgdAttack)plan.Attack;
        var threat = ThreatModels.Of(apgd.Norm, apgd.Epsilon, range: plan.Range);
        var targets = objective.Targets(apgd, surface.Classes);
        Grow(batch);
        _live.Load(batch, found);
        objective.Begin(surface, _live, run % targets);
        SearchStart.Fill(_live, Point, apgd.RandomStart, threat, batch.Start.Stream(run));
        Visit(surface, plan, found, adversarial);
        for (var row = 0; row < _live.Count; row++)
        {
            _rows[row] = new ApgdRow(2 * (float)apgd.Epsilon, _losses[row]);
            KeepBest(row);
            _live.Row(Point, row).CopyTo(_live.Row(Previous, row));
        }

        var checkpoints = ApgdCheckpoints.Of(apgd.Steps);
        for (var (step, next, last) = (1, 0, 0); step <= apgd.Steps && _live.Count > 0; step++)
        {
            for (var row = 0; row < _live.Count; row++) Step(threat, row, isFirst: step == 1);
            onIterate?.Invoke(step - 1, _live[Point].ToArray());
            Visit(surface, plan, found, adversarial);
            for (var row = 0; row < _live.Count; row++)
                if (_rows[row].Take(_losses[row]))
                    KeepBest(row);
            if (next == checkpoints.Length || step != checkpoints[next]) continue;
            LookBack(step - last);
            (last, next) = (step, next + 1);
        }
    }

    /// <summary>Loss and gradient at the point of each row, noted; rows that are done are dropped.</summary>
    private void Visit(ILossSurface surface, AttackPlan plan, Findings found, Span<float> adversarial)
    {
        surface.InputGradient(_loss, _live[Point], _live.Labels, _live[Gradient], _losses.AsSpan(0, _live.Count));
        if (!_live.Note(Point, _losses, _loss.Mistaken, plan.Keep, found, adversarial)) return;
        _live.Follow(_losses);
        _live.Follow(_rows);
        objective.Follow(_live);
    }

    // z = P(x + eta direction); x' = P(x + alpha (z - x) + (1 - alpha) (x - previous)); the first step is z itself.
    private void Step(IThreatModel threat, int row, bool isFirst)
    {
        var clean = _live.Row(LiveRows.Clean, row);
        var point = _live.Row(Point, row);
        var previous = _live.Row(Previous, row);
        var stepped = _stepped.AsSpan(0, clean.Length);
        point.CopyTo(stepped);
        threat.Step(_live.Row(Gradient, row), stepped, _rows[row].Step);
        threat.Project(clean, stepped);
        if (!isFirst)
        {
            Mix(point, previous, stepped);
            threat.Project(clean, stepped);
        }

        point.CopyTo(previous);
        stepped.CopyTo(point);
    }

    private static void Mix(ReadOnlySpan<float> point, ReadOnlySpan<float> previous, Span<float> stepped)
    {
        var width = Vector<float>.Count;
        var i = 0;
        for (; i <= stepped.Length - width; i += width)
        {
            var x = new Vector<float>(point[i..]);
            var ahead = (new Vector<float>(stepped[i..]) - x) * NewWeight;
            var onward = (x - new Vector<float>(previous[i..])) * (1 - NewWeight);
            (x + ahead + onward).CopyTo(stepped[i..]);
        }

        for (; i < stepped.Length; i++)
        {
            var x = point[i];
            stepped[i] = x + ((stepped[i] - x) * NewWeight) + ((x - previous[i]) * (1 - NewWeight));
        }
    }

    private void LookBack(int steps)
    {
        for (var row = 0; row < _live.Count; row++)
        {
            if (!_rows[row].LookBack(steps)) continue;
            _live.Row(Best, row).CopyTo(_live.Row(Point, row));
            _live.Row(BestGradient, row).CopyTo(_live.Row(Gradient, row));
        }
    }

    private void KeepBest(int row)
    {
        _live.Row(Point, row).CopyTo(_live.Row(Best, row));
        _live.Row(Gradient, row).CopyTo(_live.Row(BestGradient, row));
    }

    private void Grow(AttackBatch batch)
    {
        if (_losses.Length < batch.Count) (_losses, _rows) = (new float[batch.Count], new ApgdRow[batch.Count]);
        if (_stepped.Length < batch.Features) _stepped = new float[batch.Features];
    }
}

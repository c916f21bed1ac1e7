using ClusterTrain.Numerics.Losses;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Attacks;

/// <summary>
/// FAB (Croce and Hein 2020, algorithm 1): a step to the boundary as it looks from the point, drawn a little to the boundary as it
/// looks from the row itself, and back towards the row from every misclassified point. Such a point counts where it lies in the
/// ball; the nearest is the answer. Points that are classified right never are.
/// </summary>
internal sealed class FabSearch : ISearch
{
    private const int Point = 1;
    private const int Gradient = 2;

    /// <summary>How far a step goes beyond the boundary, eta.</summary>
    private const double Beyond = 1.05;

    /// <summary>What stays of the way from the row once a point is misclassified, beta.</summary>
    private const double Stays = 0.9;

    /// <summary>Most weight of the step from the row itself, alpha.</summary>
    private const double MostOfRow = 0.1;

    private const double Smallest = 1e-8;

    private readonly LiveRows _live = new(3);
    private readonly TargetedMarginLoss _margin = new();
    private readonly JudgedLoss _loss;
    private float[] _losses = [];
    private bool[] _done = [];
    private double[] _fromPoint = [];
    private double[] _fromRow = [];

    public FabSearch() => _loss = new JudgedLoss(_margin);

    public int Runs(BallAttack attack, int classes) => ((FabTargetedAttack)attack).Restarts * Targets(attack, classes);

    public void Run(
        ILossSurface surface, AttackPlan plan, AttackBatch batch, int run, Findings found, Span<float> adversarial,
        Action<int, float[]>? onIterate)
    {
        var (fab, range) = ((FabTargetedAttack)plan.Attack, plan.Range ?? InputRange.Unit);
        var (restart, rank) = Math.DivRem(run, Targets(fab, surface.Classes));
        Grow(batch);
        _live.Load(batch, found);
        Aim(surface, rank);
        SearchStart.Fill(_live, Point, restart > 0, ThreatModels.Of(fab.Norm, fab.Epsilon / 2, range: range), batch.Start.Stream(restart));
        for (var step = 0; step < fab.Steps; step++)
        {
            surface.InputGradient(_loss, _live[Point], _live.Labels, _live[Gradient], _losses.AsSpan(0, _live.Count));
            if (Note(plan, found, adversarial, goesBack: false))
            {
                _live.Follow(_losses);
                _live.Follow(_margin.Targets);
            }

            if (_live.Count == 0) return;
            for (var row = 0; row < _live.Count; row++) Step(fab.Norm, range, row);
            onIterate?.Invoke(step, _live[Point].ToArray());
            _loss.Evaluate(surface.Logits(_live[Point], _live.Count), _live.Labels, surface.Classes, _losses, default);
            if (Note(plan, found, adversarial, goesBack: true)) _live.Follow(_margin.Targets);
            if (_live.Count == 0) return;
        }
    }

    private static int Targets(BallAttack attack, int classes) => Math.Min(((FabTargetedAttack)attack).Targets, classes - 1);

    private void Aim(ILossSurface surface, int rank)
    {
        var logits = surface.Logits(_live[LiveRows.Clean], _live.Count);
        var classes = surface.Classes;
        for (var row = 0; row < _live.Count; row++)
            _margin.Targets[row] = (byte)TopScores.Wrong(logits.Slice(row * classes, classes), _live.Labels[row], rank);
    }

    // x' = clip((1 - alpha) (x + eta d(x)) + alpha (row + eta d(row))), both d to the plane that the margin is at x.
    private void Step(AttackNorm norm, InputRange range, int row)
    {
        var clean = _live.Row(LiveRows.Clean, row);
        var point = _live.Row(Point, row);
        var gradient = _live.Row(Gradient, row);
        var fromPoint = _fromPoint.AsSpan(0, clean.Length);
        var fromRow = _fromRow.AsSpan(0, clean.Length);
        var atRow = (double)_losses[row];
        for (var i = 0; i < clean.Length; i++) atRow += gradient[i] * ((double)clean[i] - point[i]);
        var near = Math.Max(BoxProjection.Move(norm, range, point, gradient, _losses[row], fromPoint), Smallest);
        var far = Math.Max(BoxProjection.Move(norm, range, clean, gradient, atRow, fromRow), Smallest);
        var ofRow = Math.Min(near / (near + far), MostOfRow);
        for (var i = 0; i < clean.Length; i++)
        {
            var ahead = point[i] + (Beyond * fromPoint[i]);
            var aside = clean[i] + (Beyond * fromRow[i]);
            point[i] = range.Clamp(i, (float)(((1 - ofRow) * ahead) + (ofRow * aside)));
        }
    }

    /// <summary>Notes the misclassified points that lie in the ball; says whether rows were dropped.</summary>
    private bool Note(AttackPlan plan, Findings found, Span<float> adversarial, bool goesBack)
    {
        var isDone = _done.AsSpan(0, _live.Count);
        isDone.Clear();
        for (var row = 0; row < _live.Count; row++)
        {
            if (!_loss.Mistaken[row]) continue;
            var clean = _live.Row(LiveRows.Clean, row);
            var point = _live.Row(Point, row);
            var distance = Distance(plan.Attack.Norm, clean, point);
            if (distance <= (float)plan.Attack.Epsilon)
            {
                var kept = adversarial.Slice(_live.Rows[row] * clean.Length, clean.Length);
                found.Note(_live.Rows[row], point, (float)-distance, mistaken: true, kept);
                isDone[row] = plan.Keep == KeptIterate.FirstMistake;
            }

            for (var i = 0; goesBack && i < clean.Length; i++)
                point[i] = (float)(clean[i] + (Stays * ((double)point[i] - clean[i])));
        }

        return _live.Drop(isDone);
    }

    private static double Distance(AttackNorm norm, ReadOnlySpan<float> clean, ReadOnlySpan<float> point)
    {
        var (squares, largest) = (0.0, 0.0);
        for (var i = 0; i < clean.Length; i++)
        {
            var move = Math.Abs((double)point[i] - clean[i]);
            squares += move * move;
            largest = Math.Max(largest, move);
        }

        return norm == AttackNorm.Linf ? largest : Math.Sqrt(squares);
    }

    private void Grow(AttackBatch batch)
    {
        if (_losses.Length < batch.Count)
            (_losses, _done, _margin.Targets) = (new float[batch.Count], new bool[batch.Count], new byte[batch.Count]);
        if (_fromPoint.Length < batch.Features) (_fromPoint, _fromRow) = (new double[batch.Features], new double[batch.Features]);
    }
}

using ClusterTrain.Numerics.Losses;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Attacks;

/// <summary>
/// Square (Andriushchenko et al. 2020, algorithm 1): random search that keeps a proposal when it lowers the margin of the
/// right class. It asks for class scores and for nothing else, so that no gradient, hidden or not, can mislead it.
/// </summary>
internal sealed class SquareSearch : ISearch
{
    private const int Point = 1;
    private const int Proposal = 2;

    private readonly LiveRows _live = new(3);
    private readonly JudgedLoss _loss = new(MarginLoss.Instance);
    private readonly Dictionary<AttackNorm, ISquareMove> _moves = new()
    {
        [AttackNorm.Linf] = new LinfSquareMove(),
        [AttackNorm.L2] = new L2SquareMove(),
    };

    private float[] _losses = [];
    private float[] _margins = [];

    public int Runs(BallAttack attack, int classes) => ((SquareAttack)attack).Restarts;

    public void Run(
        ILossSurface surface, AttackPlan plan, AttackBatch batch, int run, Findings found, Span<float> adversarial,
        Action<int, float[]>? onIterate)
    {
        var (square, epsilon, range) = ((SquareAttack)plan.Attack, (float)plan.Attack.Epsilon, plan.Range ?? InputRange.Unit);
        var canvas = SquareCanvas.Of(plan.Image, batch.Features);
        var move = _moves[square.Norm];
        var (stream, signs) = (batch.Start.Stream(run), Math.Max(move.Signs(canvas), canvas.Channels));
        if (_losses.Length < batch.Count) (_losses, _margins) = (new float[batch.Count], new float[batch.Count]);
        _live.Load(batch, found);
        Array.Fill(_margins, float.NegativeInfinity);
        for (var query = 0; query < square.Queries && _live.Count > 0; query++)
        {
            var share = SquareSchedule.Share(query);
            for (var row = 0; row < _live.Count; row++)
            {
                var draw = SquareDraw.Of(stream, _live.Places[row], query, square.Queries, signs);
                var clean = _live.Row(LiveRows.Clean, row);
                var proposal = _live.Row(Proposal, row);
                if (query == 0) move.Start(canvas, draw, epsilon, range, clean, proposal);
                else move.Propose(canvas, draw, share, epsilon, range, clean, _live.Row(Point, row), proposal);
            }

            Judge(surface, plan, found, adversarial);
            onIterate?.Invoke(query, _live[Point].ToArray());
        }
    }

    private void Judge(ILossSurface surface, AttackPlan plan, Findings found, Span<float> adversarial)
    {
        var logits = surface.Logits(_live[Proposal], _live.Count);
        _loss.Evaluate(logits, _live.Labels, surface.Classes, _losses.AsSpan(0, _live.Count), default);
        for (var row = 0; row < _live.Count; row++)
        {
            if (!(_losses[row] > _margins[row])) continue;
            _margins[row] = _losses[row];
            _live.Row(Proposal, row).CopyTo(_live.Row(Point, row));
        }

        if (_live.Note(Proposal, _losses, _loss.Mistaken, plan.Keep, found, adversarial)) _live.Follow(_margins);
    }
}

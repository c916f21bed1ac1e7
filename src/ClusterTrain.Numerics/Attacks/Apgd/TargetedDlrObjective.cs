using ClusterTrain.Numerics.Losses;

namespace ClusterTrain.Numerics.Attacks;

/// <summary>Aims at the wrong classes in the order of their clean scores, one a run (Croce and Hein 2020, section 4.2).</summary>
internal sealed class TargetedDlrObjective : IApgdObjective
{
    private readonly TargetedDlrLoss _loss = new();

    public ILogitLoss Loss => _loss;

    public int Targets(BallAttack attack, int classes) => Math.Min(((ApgdTargetedAttack)attack).Targets, classes - 1);

    public void Begin(ILossSurface surface, LiveRows live, int rank)
    {
        if (_loss.Targets.Length < live.Count) _loss.Targets = new byte[live.Count];
        var logits = surface.Logits(live[LiveRows.Clean], live.Count);
        var classes = surface.Classes;
        for (var row = 0; row < live.Count; row++)
            _loss.Targets[row] = (byte)TopScores.Wrong(logits.Slice(row * classes, classes), live.Labels[row], rank);
    }

    public void Follow(LiveRows live) => live.Follow(_loss.Targets);
}

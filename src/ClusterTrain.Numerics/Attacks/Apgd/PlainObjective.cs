using ClusterTrain.Numerics.Losses;

namespace ClusterTrain.Numerics.Attacks;

/// <summary>A loss that needs no more than the labels.</summary>
internal sealed class PlainObjective(ILogitLoss loss) : IApgdObjective
{
    public ILogitLoss Loss => loss;

    public int Targets(BallAttack attack, int classes) => 1;

    public void Begin(ILossSurface surface, LiveRows live, int rank)
    {
    }

    public void Follow(LiveRows live)
    {
    }
}

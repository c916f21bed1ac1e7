using ClusterTrain.Numerics.Losses;

namespace ClusterTrain.Numerics.Attacks;

/// <summary>What Auto-PGD climbs, and how many runs that takes from each start.</summary>
internal interface IApgdObjective
{
    ILogitLoss Loss { get; }

    /// <summary>Runs from each start: 1, or one a target.</summary>
    int Targets(BallAttack attack, int classes);

    /// <summary>Told the clean rows before each run.</summary>
    /// <param name="rank">Which run of the start, 0 to targets - 1.</param>
    void Begin(ILossSurface surface, LiveRows live, int rank);

    /// <summary>Told when rows were dropped.</summary>
    void Follow(LiveRows live);
}

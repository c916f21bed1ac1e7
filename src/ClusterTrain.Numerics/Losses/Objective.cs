using ClusterTrain.Numerics.Catalogues;

namespace ClusterTrain.Numerics.Losses;

/// <summary>What training minimizes, and what its attacker climbs.</summary>
public abstract record Objective : Technique
{
    /// <summary>The objectives that a spec can name.</summary>
    public static readonly Catalogue<Objective> Catalogue = new(
        "objective", objective => objective.Name,
        new CrossEntropyObjective(),
        new TradesObjective(),
        new MartObjective());

    /// <summary>Whether each example is trained on in two versions, the clean and the adversarial one.</summary>
    public virtual bool NeedsBothVersions => false;

    /// <summary>The loss; one for each thread.</summary>
    /// <param name="smoothing">Label smoothing: share of the target spread evenly, 0 to below 1.</param>
    public abstract ITrainingLoss Loss(float smoothing);

    /// <summary>What the attacker climbs instead of cross-entropy, one for each thread; null for cross-entropy.</summary>
    public virtual IDriftLoss? AttackerLoss() => null;
}

/// <summary>A loss of scores against those of the clean rows.</summary>
public interface IDriftLoss : ILogitLoss
{
    /// <summary>Takes the clean rows' scores [batch, classes] for the calls that follow.</summary>
    void TakeClean(ReadOnlySpan<float> clean, int classes);
}

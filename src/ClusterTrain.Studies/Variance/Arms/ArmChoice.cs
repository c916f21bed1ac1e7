namespace ClusterTrain.Studies.Variance.Arms;

/// <summary>Arms of the experiment as a study names them; g stands for three.</summary>
public enum ArmChoice
{
    /// <summary>Plain networks on the same data.</summary>
    A,

    /// <summary>Plain networks, each on a bootstrap resample.</summary>
    B,

    /// <summary>Networks trained with dropout, run at inference.</summary>
    C,

    /// <summary>Members cut out of one dropout network by fixed masks.</summary>
    D,

    /// <summary>The same masks on a plain network.</summary>
    E,

    /// <summary>Thinned networks with untied weights.</summary>
    F,

    /// <summary>Dropout masks per shard, per example, from a pool.</summary>
    G,
}

namespace ClusterTrain.Numerics.Attacks;

/// <summary>The norm that bounds a perturbation.</summary>
public enum AttackNorm
{
    /// <summary>The largest absolute change of any input.</summary>
    Linf,

    /// <summary>The Euclidean length of a row's change.</summary>
    L2,
}

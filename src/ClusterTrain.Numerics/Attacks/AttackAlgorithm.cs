namespace ClusterTrain.Numerics.Attacks;

/// <summary>How an attack looks for the worst point of the ball.</summary>
public enum AttackAlgorithm
{
    /// <summary>Projected gradient ascent on cross-entropy with a fixed step (Madry et al. 2018); FGSM is its one step.</summary>
    Pgd,

    /// <summary>Auto-PGD on cross-entropy (Croce and Hein 2020, algorithm 1).</summary>
    ApgdCrossEntropy,

    /// <summary>Auto-PGD on the difference of logits ratio (Croce and Hein 2020, eq. 6); needs 3 classes.</summary>
    ApgdDlr,

    /// <summary>Auto-PGD on the targeted difference of logits ratio, target by target (eq. 7); needs 4 classes.</summary>
    ApgdTargetedDlr,

    /// <summary>Random search over squares that sees the class scores alone (Andriushchenko et al. 2020).</summary>
    Square,
}

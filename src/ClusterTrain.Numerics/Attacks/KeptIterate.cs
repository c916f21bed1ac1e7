namespace ClusterTrain.Numerics.Attacks;

/// <summary>Which of the points that an attack visits is its answer.</summary>
public enum KeptIterate
{
    /// <summary>The last one, right or wrong: what training wants (Madry et al. 2018). PGD and FGSM can.</summary>
    Last,

    /// <summary>A misclassified one before any other, and of those the one with the highest loss.</summary>
    Worst,

    /// <summary>
    /// As <see cref="Worst"/>, but a row is done at its first misclassified point. The same rows stay right, for less
    /// work: what measuring wants.
    /// </summary>
    FirstMistake,
}

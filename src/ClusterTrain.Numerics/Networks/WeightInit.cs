namespace ClusterTrain.Numerics.Networks;

/// <summary>How weights begin; all are uniform around 0.</summary>
public enum WeightInit
{
    /// <summary>
    /// Weights and biases in +-1/sqrt(inputs of a unit): He et al. 2015 (eq. 10) with the gain that common frameworks use for
    /// dense and convolutional layers, so that recipes carry over.
    /// </summary>
    Default,

    /// <summary>In +-sqrt(6 / inputs), variance 2 / inputs (He et al. 2015, eq. 10, for ReLU); biases 0.</summary>
    He,

    /// <summary>In +-sqrt(6 / (inputs + outputs)) (Glorot and Bengio 2010, eq. 16); biases 0.</summary>
    Xavier,

    /// <summary>All 0: the last layer of a residual branch, so that the block begins as its shortcut.</summary>
    Zero,
}

namespace ClusterTrain.Numerics.Networks;

/// <summary>What is done to every value of a stage. All rise nowhere falling, so they commute with max pooling.</summary>
public enum Activation
{
    /// <summary>y = x.</summary>
    None,

    /// <summary>y = max(x, 0).</summary>
    Relu,

    /// <summary>y = x above 0, slope * x below (Maas et al. 2013).</summary>
    LeakyRelu,

    /// <summary>y = tanh x.</summary>
    Tanh,

    /// <summary>y = 1 / (1 + e^-x).</summary>
    Sigmoid,
}

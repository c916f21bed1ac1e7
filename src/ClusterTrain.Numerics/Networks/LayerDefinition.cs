namespace ClusterTrain.Numerics.Networks;

/// <summary>One layer of a network as users list it. Sizes that follow from the layer before are not repeated.</summary>
public abstract record LayerDefinition
{
    private LayerDefinition()
    {
    }

    /// <summary>y = x W^T + b with W [units, inputs].</summary>
    public sealed record Dense : LayerDefinition
    {
        /// <summary>Outputs, 1 or more.</summary>
        public int Units { get; init; } = 1;
    }

    /// <summary>y = max(x, 0).</summary>
    public sealed record Relu : LayerDefinition;

    /// <summary>
    /// Inverted dropout (Srivastava et al. 2014): in training a unit is dropped with probability <see cref="Rate"/> and
    /// kept ones are divided by 1 - rate; nothing at inference. As first layer it drops inputs.
    /// </summary>
    public sealed record Dropout : LayerDefinition
    {
        /// <summary>Drop probability, 0 to 0.8.</summary>
        public double Rate { get; init; } = 0.5;
    }
}

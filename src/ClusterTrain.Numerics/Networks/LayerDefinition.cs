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

    /// <summary>
    /// Cross-correlation over maps: y[o, p, q] = b[o] + sum over i, u, v of w[o, i, u, v] x[i, p * stride + u - padding,
    /// q * stride + v - padding], zero beyond the map.
    /// </summary>
    public sealed record Conv2d : LayerDefinition
    {
        /// <summary>Maps that are made, 1 or more.</summary>
        public int Channels { get; init; } = 1;

        /// <summary>Side of the square kernel.</summary>
        public int Kernel { get; init; } = 3;

        /// <summary>Rows and columns of zeros around each map.</summary>
        public int Padding { get; init; }

        /// <summary>Positions from one place of the kernel to the next.</summary>
        public int Stride { get; init; } = 1;

        internal Window Window => new(Kernel, Stride, Padding);
    }

    /// <summary>The largest value of each square block of a map; rows and columns that fill no block are left out.</summary>
    public sealed record MaxPool : LayerDefinition
    {
        /// <summary>Side of the block.</summary>
        public int Size { get; init; } = 2;

        /// <summary>Positions from one block to the next; 0 for <see cref="Size"/>, blocks side by side.</summary>
        public int Stride { get; init; }

        internal Window Window => new(Size, Stride == 0 ? Size : Stride, Padding: 0);
    }

    /// <summary>Maps as one list of features, channel after channel, row after row.</summary>
    public sealed record Flatten : LayerDefinition;

    /// <summary>y = max(x, 0).</summary>
    public sealed record Relu : LayerDefinition;

    /// <summary>
    /// Inverted dropout (Srivastava et al. 2014): in training a unit is dropped with probability <see cref="Rate"/> and
    /// kept ones are divided by 1 - rate; nothing at inference. As first layer it drops inputs. Over maps the unit is a
    /// whole channel (Tompson et al. 2015): neighbours in a map say nearly the same.
    /// </summary>
    public sealed record Dropout : LayerDefinition
    {
        /// <summary>Drop probability, 0 to 0.8.</summary>
        public double Rate { get; init; } = 0.5;
    }
}

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

    /// <summary>y = x above 0, slope * x below (Maas et al. 2013).</summary>
    public sealed record LeakyRelu : LayerDefinition
    {
        /// <summary>Above 0, below 1.</summary>
        public double Slope { get; init; } = 0.01;
    }

    /// <summary>y = tanh x.</summary>
    public sealed record Tanh : LayerDefinition;

    /// <summary>y = 1 / (1 + e^-x).</summary>
    public sealed record Sigmoid : LayerDefinition;

    /// <summary>
    /// Batch normalization (Ioffe and Szegedy 2015, algorithm 1) of the dense or conv2d before it: in training with mean and
    /// biased variance of the shard's rows (and positions), at inference with running ones, to which each step gives the
    /// mean over its shards of their means and unbiased variances.
    /// </summary>
    public sealed record BatchNorm : LayerDefinition
    {
        /// <summary>Share of a step's statistics in the running ones, above 0 and up to 1.</summary>
        public double Momentum { get; init; } = 0.1;

        /// <summary>Added to the variance, above 0.</summary>
        public double Epsilon { get; init; } = 1e-5;
    }

    /// <summary>
    /// DropConnect (Wan et al. 2013), inverted: in training each weight of the dense layer behind it is dropped with
    /// probability <see cref="Rate"/>, kept ones are divided by 1 - rate; one draw a shard; nothing at inference.
    /// </summary>
    public sealed record DropConnect : LayerDefinition
    {
        /// <summary>Drop probability of a weight, 0 to 0.8.</summary>
        public double Rate { get; init; } = 0.5;
    }

    /// <summary>
    /// Inverted dropout (Srivastava et al. 2014): in training a unit is dropped with probability <see cref="Rate"/> and
    /// kept ones are divided by 1 - rate; nothing at inference. As first layer it drops inputs. Over maps the unit is a
    /// whole channel (Tompson et al. 2015): neighbours in a map say nearly the same.
    /// </summary>
    public sealed record Dropout : LayerDefinition
    {
        /// <summary>Drop probability, 0 to 0.8.</summary>
        public double Rate { get; init; } = 0.5;

        /// <summary>Whether to scale by 1 - rate at inference instead of by 1 / (1 - rate) in training.</summary>
        public bool Classic { get; init; }
    }
}

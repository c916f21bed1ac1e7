namespace ClusterTrain.Numerics.Products;

/// <summary>
/// What happens to each element of a product as it is stored: start the chain at the target's old value
/// (<see cref="Accumulate"/>), add the column's (or row's) bias, cut below zero (ReLU), multiply by a scale; in this order.
/// </summary>
/// <remarks>ReLU here is <c>x &gt; 0 ? x : 0</c>, except that NaN stays NaN, so that divergence is seen.</remarks>
public readonly ref struct Epilogue
{
    public Epilogue()
    {
    }

    public bool Accumulate { get; init; }

    /// <summary>[columns], or [rows] when <see cref="BiasRunsDown"/>, or empty for none.</summary>
    public ReadOnlySpan<float> Bias { get; init; }

    /// <summary>Whether each row has a bias instead of each column, as where rows are the channels of maps.</summary>
    public bool BiasRunsDown { get; init; }

    public bool Relu { get; init; }

    /// <summary>Factor of the result; exactly 1 leaves the bits alone.</summary>
    public float Scale { get; init; } = 1f;
}

namespace ClusterTrain.Numerics.Products;

/// <summary>
/// What happens to each element of a product as it is stored: start the chain at the target's old value
/// (<see cref="Accumulate"/>), add the column's (or row's) bias, cut below zero (ReLU), multiply by a scale, pass the
/// gate; in this order.
/// </summary>
/// <remarks>
/// ReLU here is <c>x &gt; 0 ? x : 0</c>, except that NaN stays NaN, so that divergence is seen. The gate is the backward
/// of a ReLU: the same bits as <see cref="Elementwise.VectorOps.ReluBackward"/> over the stored product.
/// </remarks>
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

    /// <summary>
    /// [rows, columns] without gaps, wherever the target's elements are stored; or empty for none. An element becomes
    /// <c>gate &gt; 0 ? value * GateScale : +0</c>: NaN is not above zero as a gate, and passes an open one as a value.
    /// </summary>
    public ReadOnlySpan<float> Gate { get; init; }

    /// <summary>Factor of what passes <see cref="Gate"/>; rounds by itself.</summary>
    public float GateScale { get; init; } = 1f;
}

namespace ClusterTrain.Numerics.Elementwise;

/// <summary>
/// Loops over float32 whose bits do not depend on the vector width: every output is one element's own computation, or
/// one chain in a fixed order.
/// </summary>
public static class VectorOps
{
    /// <summary>y += x. Both [n].</summary>
    public static void Add(ReadOnlySpan<float> x, Span<float> y) => ElementLoop<ElementOperations.Sum>.Run(x, y, y, 0f);

    /// <summary>y = a + b. All [n]; <paramref name="y"/> may be the memory of either.</summary>
    public static void Sum(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) => ElementLoop<ElementOperations.Sum>.Run(a, b, y, 0f);

    /// <summary>y *= factor. [n].</summary>
    public static void Scale(Span<float> y, float factor) => ElementLoop<ElementOperations.Scaled>.Run(y, y, y, factor);

    /// <summary>y = fma(factor, x, y): one rounding. Both [n].</summary>
    public static void AddScaled(float factor, ReadOnlySpan<float> x, Span<float> y) =>
        ElementLoop<ElementOperations.ScaledSum>.Run(x, y, y, factor);

    /// <summary>
    /// Backward of y = scale * relu(x): dx = y above 0 ? dy * scale : 0. All [n]; <paramref name="dx"/> may be the
    /// memory of <paramref name="dy"/>.
    /// </summary>
    /// <param name="y">Output of the forward pass (of positive scale).</param>
    public static void ReluBackward(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, float scale = 1f) =>
        ElementLoop<ElementOperations.ScaledWherePositive>.Run(dy, y, dx, scale);

    /// <summary>result = e^x. Both [n], possibly the same memory.</summary>
    public static void Exp(ReadOnlySpan<float> x, Span<float> result) =>
        ElementLoop<ElementOperations.Exponential>.Run(x, x, result, 0f);

    /// <summary>result = log x. Both [n], possibly the same memory.</summary>
    public static void Log(ReadOnlySpan<float> x, Span<float> result) =>
        ElementLoop<ElementOperations.Logarithm>.Run(x, x, result, 0f);

    /// <summary>
    /// The sum of each column: one chain of additions down the rows, started at +0, or at the old value when
    /// <paramref name="accumulate"/>.
    /// </summary>
    /// <param name="x">[rows, columns] at <paramref name="stride"/> floats a row.</param>
    /// <param name="sums">[columns].</param>
    public static void ColumnSums(
        ReadOnlySpan<float> x, int rows, int columns, int stride, Span<float> sums, bool accumulate = false) =>
        ColumnSumLoop.Run(Lanes.VectorWidths.Best, x, rows, columns, stride, sums, accumulate);
}

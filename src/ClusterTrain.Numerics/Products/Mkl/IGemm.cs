namespace ClusterTrain.Numerics.Products.Mkl;

/// <summary>A native single-precision product, as one library offers it. Stateless; any thread may call it.</summary>
internal unsafe interface IGemm
{
    MathIdentity Identity { get; }

    /// <summary>
    /// Whether factors and result must be matrices of their own, without gaps between rows and on a 64-byte boundary:
    /// since the library cannot be told a stride, or since its bits would depend on where they lie.
    /// </summary>
    bool NeedsOwnMemory { get; }

    /// <summary>C = A B, or C += A B. All row-major, all sizes above 0.</summary>
    /// <param name="a">Seen as [rows, depth]; stored as [depth, rows] when transposed.</param>
    /// <param name="b">Seen as [depth, columns]; stored as [columns, depth] when transposed.</param>
    /// <param name="c">[rows, columns].</param>
    void Multiply(ProductSize size, in GemmFactor a, in GemmFactor b, float* c, int cStride, bool accumulate);
}

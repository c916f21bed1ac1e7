namespace ClusterTrain.Numerics.Products.Kernels;

/// <summary>What a tile kernel reads and writes. All steps count floats.</summary>
internal readonly unsafe struct TileTask
{
    /// <summary>a(row, k) is <c>A[k * AStep + row]</c>.</summary>
    public float* A { get; init; }

    public nint AStep { get; init; }

    /// <summary>b(k, column) is <c>B[k * BStep + column]</c>; whole vectors are read.</summary>
    public float* B { get; init; }

    public nint BStep { get; init; }

    /// <summary>Of a listed walk: b(k, column) is <c>B[Steps[k] + column]</c>, and <see cref="BStep"/> is not read.</summary>
    public int* Steps { get; init; }

    /// <summary>Of a listed walk: floats from a tile's first vector of B to its second one.</summary>
    public nint SecondVector { get; init; }

    /// <summary>Number of k, 0 or more.</summary>
    public nint Depth { get; init; }

    /// <summary>c(row, column) is <c>C[row * CStride + column]</c>; whole vectors are written.</summary>
    public float* C { get; init; }

    public nint CStride { get; init; }

    /// <summary>Whether the chains start at the values in C; otherwise at +0.</summary>
    public bool ContinuesChain { get; init; }
}

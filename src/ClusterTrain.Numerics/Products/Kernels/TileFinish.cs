namespace ClusterTrain.Numerics.Products.Kernels;

/// <summary>The epilogue of one tile: each step rounds by itself, nothing is fused into the chain.</summary>
internal readonly unsafe struct TileFinish
{
    /// <summary>[whole vectors] from the tile's first column on, or null for none.</summary>
    public float* Bias { get; init; }

    /// <summary>Whether the tile is transposed, its bias one for each row: then [rows] from its first row on.</summary>
    public bool BiasRunsDown { get; init; }

    public bool Relu { get; init; }

    public float Scale { get; init; }
}

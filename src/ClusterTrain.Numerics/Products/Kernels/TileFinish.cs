namespace ClusterTrain.Numerics.Products.Kernels;

/// <summary>The epilogue of one tile: each step rounds by itself, nothing is fused into the chain.</summary>
internal readonly unsafe struct TileFinish
{
    /// <summary>The epilogue of a whole product of so many columns, its spans pinned.</summary>
    public TileFinish(Epilogue epilogue, float* bias, float* gate, int columns)
    {
        Bias = bias;
        BiasRunsDown = epilogue.BiasRunsDown;
        Relu = epilogue.Relu;
        Scale = epilogue.Scale;
        Gate = gate;
        GateStride = columns;
        GateScale = epilogue.GateScale;
    }

    /// <summary>[whole vectors] from the tile's first column on, or null for none.</summary>
    public float* Bias { get; init; }

    /// <summary>Whether the bias is one for each row of the tile: then [rows] from its first row on.</summary>
    public bool BiasRunsDown { get; init; }

    public bool Relu { get; init; }

    public float Scale { get; init; }

    /// <summary>[rows, whole vectors] from the tile's first element on, or null for none.</summary>
    public float* Gate { get; init; }

    public nint GateStride { get; init; }

    public float GateScale { get; init; }

    /// <summary>Whether elements stay as their chains left them.</summary>
    public bool IsNothing => Bias is null && !Relu && Scale == 1f && Gate is null;
}

namespace ClusterTrain.Numerics.Products;

/// <summary>
/// One factor of a product as packing sees it: <em>lanes</em> (rows of A, columns of B: what runs across a tile) by
/// <em>depth</em> (k). Pinned memory; valid only within the call that pinned it.
/// </summary>
internal readonly unsafe struct PanelSource
{
    public float* Data { get; }

    public nint Stride { get; }

    /// <summary>Whether neighbouring lanes are neighbours in memory; otherwise neighbouring k are.</summary>
    public bool LanesContiguous { get; }

    /// <summary>Floats of each stored row that may be read: all up to the last one picked.</summary>
    public int Width { get; }

    /// <summary>Stored position of each lane, or null for all.</summary>
    public int* LaneIndex { get; }

    /// <summary>Stored position of each k, or null for all.</summary>
    public int* DepthIndex { get; }

    /// <param name="view">[lanes, depth].</param>
    /// <param name="data">The pinned start of the view's data.</param>
    /// <param name="laneIndex">The pinned start of its row index, null when empty.</param>
    /// <param name="depthIndex">The pinned start of its column index, null when empty.</param>
    public PanelSource(MatrixView view, float* data, int* laneIndex, int* depthIndex)
    {
        Data = data;
        Stride = view.Stride;
        LanesContiguous = view.Transposed;
        LaneIndex = laneIndex;
        DepthIndex = depthIndex;
        var along = view.Transposed ? view.RowIndex : view.ColumnIndex;
        var count = view.Transposed ? view.Rows : view.Columns;
        Width = along.IsEmpty ? count : along[^1] + 1;
    }

    /// <summary>Whether a kernel can read these lanes unpacked: they lie side by side and none is left out.</summary>
    public bool IsPlain(int lane, int lanes) => LanesContiguous && DepthIndex is null && IsRun(lane, lanes);

    /// <summary>Whether these lanes are neighbours in memory or stored rows without a gap.</summary>
    public bool IsRun(int lane, int lanes) =>
        LaneIndex is null || LaneIndex[lane + lanes - 1] - LaneIndex[lane] == lanes - 1;

    public nint Lane(int lane) => LaneIndex is null ? lane : LaneIndex[lane];

    public nint Depth(int k) => DepthIndex is null ? k : DepthIndex[k];
}

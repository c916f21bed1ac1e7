namespace ClusterTrain.Numerics.Products;

/// <summary>
/// A matrix to write, [Rows, Columns] in row-major data. With indices, row i is stored at row <c>RowIndex[i]</c> and
/// column j at column <c>ColumnIndex[j]</c> of the data (a thinned gradient scattered to its place); what is not
/// indexed is left as it is.
/// </summary>
/// <remarks>
/// Indexed columns may lie further apart than <see cref="Stride"/>, so that rows interleave (the maps of several images,
/// [image, channel, position], as [channel, image * position]); no element may be addressed twice.
/// </remarks>
public readonly ref struct MatrixTarget
{
    public MatrixTarget(Span<float> data, int rows, int columns)
        : this(data, rows, columns, columns)
    {
    }

    public MatrixTarget(Span<float> data, int rows, int columns, int stride)
    {
        Data = data;
        Rows = rows;
        Columns = columns;
        Stride = stride;
    }

    public Span<float> Data { get; init; }

    public int Rows { get; init; }

    public int Columns { get; init; }

    /// <summary>Floats from one stored row to the next.</summary>
    public int Stride { get; init; }

    public ReadOnlySpan<int> RowIndex { get; init; }

    public ReadOnlySpan<int> ColumnIndex { get; init; }

    /// <summary>Where element (row, column) is stored.</summary>
    public ref float this[int row, int column]
    {
        get
        {
            var r = RowIndex.IsEmpty ? row : RowIndex[row];
            var c = ColumnIndex.IsEmpty ? column : ColumnIndex[column];
            return ref Data[(r * Stride) + c];
        }
    }
}

namespace ClusterTrain.Numerics.Products;

/// <summary>
/// A matrix to read: [Rows, Columns] picked out of row-major data, possibly transposed, possibly only some of its rows
/// and columns (the kept units of a thinned replica).
/// </summary>
/// <remarks>
/// Element (i, j) is <c>Data[r(i) * Stride + c(j)]</c>, or <c>Data[c(j) * Stride + r(i)]</c> when
/// <see cref="Transposed"/>, where r and c look up <see cref="RowIndex"/> and <see cref="ColumnIndex"/>
/// (ascending; empty: every row or column). Both indices are those of the matrix as seen, after transposition.
/// Rows may overlap: with stride 1 and both indices, element (i, j) is <c>Data[r(i) + c(j)]</c>, the columns of a
/// convolution without a copy of them.
/// </remarks>
public readonly ref struct MatrixView
{
    public MatrixView(ReadOnlySpan<float> data, int rows, int columns)
        : this(data, rows, columns, columns)
    {
    }

    public MatrixView(ReadOnlySpan<float> data, int rows, int columns, int stride)
    {
        Data = data;
        Rows = rows;
        Columns = columns;
        Stride = stride;
    }

    public ReadOnlySpan<float> Data { get; init; }

    public int Rows { get; init; }

    public int Columns { get; init; }

    /// <summary>Floats from one stored row to the next.</summary>
    public int Stride { get; init; }

    public bool Transposed { get; init; }

    public ReadOnlySpan<int> RowIndex { get; init; }

    public ReadOnlySpan<int> ColumnIndex { get; init; }

    /// <summary>The same data read with rows and columns exchanged: [Columns, Rows].</summary>
    public MatrixView Transpose() => new(Data, Columns, Rows, Stride)
    {
        Transposed = !Transposed,
        RowIndex = ColumnIndex,
        ColumnIndex = RowIndex,
    };

    /// <summary>Only these rows and columns; an empty index keeps all of that side.</summary>
    public MatrixView Pick(ReadOnlySpan<int> rows, ReadOnlySpan<int> columns) => this with
    {
        Rows = rows.IsEmpty ? Rows : rows.Length,
        Columns = columns.IsEmpty ? Columns : columns.Length,
        RowIndex = rows,
        ColumnIndex = columns,
    };

    /// <summary>Only some columns that lie side by side, of a matrix that is not transposed.</summary>
    public MatrixView ColumnsFrom(int first, int count) => this with
    {
        Data = ColumnIndex.IsEmpty ? Data[Math.Min(first, Data.Length)..] : Data,
        Columns = count,
        ColumnIndex = ColumnIndex.IsEmpty ? default : ColumnIndex.Slice(first, count),
    };

    /// <summary>Element (row, column) as seen; for reference loops and packing of edges.</summary>
    public float this[int row, int column]
    {
        get
        {
            var r = RowIndex.IsEmpty ? row : RowIndex[row];
            var c = ColumnIndex.IsEmpty ? column : ColumnIndex[column];
            return Transposed ? Data[(c * Stride) + r] : Data[(r * Stride) + c];
        }
    }
}

namespace ClusterTrain.Numerics.Products;

/// <summary>C as tiles see it: pinned memory that a tile is read from and written to, index or not.</summary>
internal readonly unsafe struct TileTarget
{
    public float* Data { get; init; }

    public nint Stride { get; init; }

    /// <summary>Stored row of each row, or null for all.</summary>
    public int* RowIndex { get; init; }

    /// <summary>Stored column of each column, or null for all.</summary>
    public int* ColumnIndex { get; init; }

    /// <summary>Whether tiles are of C's transpose: their rows are columns of C. Indices remain those of C.</summary>
    public bool Transposed { get; init; }

    /// <summary>Whether a kernel may work on the elements where they lie, if the tile is full.</summary>
    public bool IsPlain => RowIndex is null && ColumnIndex is null && !Transposed;

    public float* At(int row, int column) => Data + (row * Stride) + column;

    /// <summary>Copies elements of C into a tile [rows, tileStride].</summary>
    public void Read(int firstRow, int rows, int firstColumn, int columns, float* tile, int tileStride)
    {
        if (Transposed)
        {
            for (var row = 0; row < rows; row++)
            {
                for (var column = 0; column < columns; column++)
                {
                    var from = Data + (Row(firstColumn + column) * Stride);
                    tile[(row * tileStride) + column] = from[Column(firstRow + row)];
                }
            }

            return;
        }

        for (var row = 0; row < rows; row++)
        {
            var from = Data + (Row(firstRow + row) * Stride);
            if (ColumnIndex is null)
            {
                new Span<float>(from + firstColumn, columns).CopyTo(new Span<float>(tile, columns));
            }
            else
            {
                var index = ColumnIndex + firstColumn;
                for (var column = 0; column < columns; column++)
                    tile[column] = from[index[column]];
            }

            tile += tileStride;
        }
    }

    /// <summary>Copies a tile [rows, tileStride] to its elements of C, and touches no others.</summary>
    public void Write(int firstRow, int rows, int firstColumn, int columns, float* tile, int tileStride)
    {
        if (Transposed)
        {
            for (var column = 0; column < columns; column++)
            {
                var to = Data + (Row(firstColumn + column) * Stride);
                for (var row = 0; row < rows; row++)
                    to[Column(firstRow + row)] = tile[(row * tileStride) + column];
            }

            return;
        }

        for (var row = 0; row < rows; row++)
        {
            var to = Data + (Row(firstRow + row) * Stride);
            if (ColumnIndex is null)
            {
                new Span<float>(tile, columns).CopyTo(new Span<float>(to + firstColumn, columns));
            }
            else
            {
                var index = ColumnIndex + firstColumn;
                for (var column = 0; column < columns; column++)
                    to[index[column]] = tile[column];
            }

            tile += tileStride;
        }
    }

    private nint Column(int column) => ColumnIndex is null ? column : ColumnIndex[column];

    private nint Row(int row) => RowIndex is null ? row : RowIndex[row];
}

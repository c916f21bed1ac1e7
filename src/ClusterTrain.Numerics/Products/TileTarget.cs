using System.Runtime.Intrinsics;

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

    /// <summary>Whether a kernel may work on these columns where they lie, if the tile is full.</summary>
    public bool IsPlain(int column, int columns) =>
        RowIndex is null && !Transposed && Run(column, column + columns) == columns;

    public float* At(int row, int column) => Data + (row * Stride) + Column(column);

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

        for (var column = 0; column < columns;)
        {
            var run = Run(firstColumn + column, firstColumn + columns);
            var from = Data + Column(firstColumn + column);
            for (var row = 0; row < rows; row++)
                Copy(from + (Row(firstRow + row) * Stride), tile + (row * tileStride) + column, run);
            column += run;
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

        for (var column = 0; column < columns;)
        {
            var run = Run(firstColumn + column, firstColumn + columns);
            var to = Data + Column(firstColumn + column);
            for (var row = 0; row < rows; row++)
                Copy(tile + (row * tileStride) + column, to + (Row(firstRow + row) * Stride), run);
            column += run;
        }
    }

    /// <summary>Columns from this one on that are neighbours in memory.</summary>
    private int Run(int column, int end)
    {
        if (ColumnIndex is null || ColumnIndex[end - 1] - ColumnIndex[column] == end - 1 - column)
            return end - column;
        var next = column + 1;
        while (ColumnIndex[next] == ColumnIndex[next - 1] + 1)
            next++;
        return next - column;
    }

    private static void Copy(float* from, float* to, int length)
    {
        var i = 0;
        for (; i <= length - Vector256<float>.Count; i += Vector256<float>.Count)
            Vector256.Store(Vector256.Load(from + i), to + i);
        for (; i < length; i++)
            to[i] = from[i];
    }

    private nint Column(int column) => ColumnIndex is null ? column : ColumnIndex[column];

    private nint Row(int row) => RowIndex is null ? row : RowIndex[row];
}

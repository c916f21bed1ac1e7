using ClusterTrain.Numerics.Products;

namespace ClusterTrain.Numerics.Tests.Products;

/// <summary>The memory and view of one factor [rows, columns], drawn at random.</summary>
internal sealed class Operand
{
    private readonly int _rows;
    private readonly int _columns;
    private readonly int _stride;
    private readonly bool _transposed;
    private readonly int[] _rowIndex;
    private readonly int[] _columnIndex;

    private Operand(Random random, int rows, int columns)
    {
        (_rows, _columns) = (rows, columns);
        _transposed = random.Next(2) == 0;
        _rowIndex = random.Next(3) == 0 ? Ascending(random, rows) : [];
        _columnIndex = random.Next(3) == 0 ? Ascending(random, columns) : [];
        var height = _rowIndex.Length == 0 ? rows : _rowIndex[^1] + 1;
        var width = _columnIndex.Length == 0 ? columns : _columnIndex[^1] + 1;
        if (_transposed)
            (height, width) = (width, height);
        _stride = width + random.Next(2) * random.Next(20);
        Data = Values(random, height * _stride);
    }

    public float[] Data { get; }

    public MatrixView View => new(Data, _rows, _columns, _stride)
    {
        Transposed = _transposed,
        RowIndex = _rowIndex,
        ColumnIndex = _columnIndex,
    };

    public static Operand Draw(Random random, int rows, int columns) => new(random, rows, columns);

    public static float[] Values(Random random, int count)
    {
        var values = new float[count];
        foreach (ref var value in values.AsSpan())
            value = (float)(random.NextDouble() - 0.5);
        return values;
    }

    /// <summary>Some ascending positions with gaps; none for a count of 0.</summary>
    public static int[] Ascending(Random random, int count)
    {
        // Kept units lie close to one another, or now and then far apart.
        var widest = random.Next(5) == 0 ? 20 : 3;
        var index = new int[count];
        var position = random.Next(3);
        foreach (ref var element in index.AsSpan())
        {
            element = position;
            position += 1 + random.Next(widest);
        }

        return index;
    }

    public override string ToString() =>
        $"(transposed {_transposed}, stride {_stride}, picks {_rowIndex.Length} x {_columnIndex.Length})";
}

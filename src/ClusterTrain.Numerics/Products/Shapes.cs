namespace ClusterTrain.Numerics.Products;

/// <summary>
/// Checks of a product's operands. Kernels work on addresses, so every element they may touch is proven to lie within
/// its span before the first is read.
/// </summary>
internal static class Shapes
{
    public static void Check(MatrixView a, int bRows, int bColumns, MatrixTarget c, Epilogue epilogue)
    {
        Check(a, nameof(a));
        Check(c);
        if (a.Columns != bRows || a.Rows != c.Rows || bColumns != c.Columns)
        {
            throw new ArgumentException(
                $"A [{a.Rows}, {a.Columns}] times B [{bRows}, {bColumns}] does not make C [{c.Rows}, {c.Columns}].");
        }

        var (biased, sides) = epilogue.BiasRunsDown ? (c.Rows, "rows") : (c.Columns, "columns");
        if (!epilogue.Bias.IsEmpty && epilogue.Bias.Length != biased)
            throw new ArgumentException($"A bias of {epilogue.Bias.Length} for {biased} {sides}.");
        if (!epilogue.Gate.IsEmpty && epilogue.Gate.Length != (long)c.Rows * c.Columns)
            throw new ArgumentException($"A gate of {epilogue.Gate.Length} for C [{c.Rows}, {c.Columns}].");
    }

    public static void Check(MatrixView view, string name)
    {
        var (storedRows, storedColumns) = view.Transposed
            ? (Reach(view.Columns, view.ColumnIndex, name), Reach(view.Rows, view.RowIndex, name))
            : (Reach(view.Rows, view.RowIndex, name), Reach(view.Columns, view.ColumnIndex, name));
        // What is only read may overlap: the windows of a convolution do, as rows at stride 1.
        CheckExtent(view.Data.Length, storedRows, storedColumns, view.Stride, mayOverlap: true, name);
    }

    private static void Check(MatrixTarget target)
    {
        const string Name = "c";
        CheckExtent(
            target.Data.Length,
            Reach(target.Rows, target.RowIndex, Name),
            Reach(target.Columns, target.ColumnIndex, Name),
            target.Stride,
            mayOverlap: !target.ColumnIndex.IsEmpty,
            Name);
    }

    // How many stored rows or columns are reached: one more than the largest index.
    private static int Reach(int count, ReadOnlySpan<int> index, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count, name);
        if (index.IsEmpty)
            return count;
        if (index.Length != count)
            throw new ArgumentException($"An index of {index.Length} for a side of {count}.", name);
        var previous = -1;
        foreach (var position in index)
        {
            if (position <= previous)
                throw new ArgumentException($"Index {position} after {previous}: must ascend from 0.", name);
            previous = position;
        }

        return previous + 1;
    }

    private static void CheckExtent(int length, int rows, int columns, int stride, bool mayOverlap, string name)
    {
        if (rows == 0 || columns == 0)
            return;
        if (!mayOverlap && columns > stride && rows > 1)
            throw new ArgumentException($"Rows of {columns} overlap at stride {stride}.", name);
        if (((long)(rows - 1) * stride) + columns > length)
        {
            throw new ArgumentException(
                $"[{rows}, {columns}] at stride {stride} reaches beyond the {length} floats given.", name);
        }
    }
}

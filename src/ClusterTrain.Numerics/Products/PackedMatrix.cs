using ClusterTrain.Numerics.Tensors;

namespace ClusterTrain.Numerics.Products;

/// <summary>A right factor [Rows, Columns] laid out by, and only readable to, the backend that packed it.</summary>
public sealed class PackedMatrix
{
    private readonly string _layout;

    private PackedMatrix(int capacity, string layout)
    {
        Storage = new AlignedBuffer(capacity);
        _layout = layout;
    }

    public int Rows { get; private set; }

    public int Columns { get; private set; }

    internal AlignedBuffer Storage { get; }

    /// <summary>A matrix to pack into: the old one where its memory suffices, otherwise a new one.</summary>
    /// <param name="into">An earlier result, or null.</param>
    /// <param name="length">Floats needed for [<paramref name="rows"/>, <paramref name="columns"/>].</param>
    /// <param name="layout">What the backend calls this order of elements.</param>
    internal static PackedMatrix Reuse(PackedMatrix? into, int rows, int columns, int length, string layout)
    {
        var packed = into is not null && into.Storage.Length >= length && into._layout == layout
            ? into
            : new PackedMatrix(length, layout);
        packed.Rows = rows;
        packed.Columns = columns;
        return packed;
    }

    internal bool Has(string layout) => _layout == layout;

    internal void CheckLayout(string layout)
    {
        if (_layout != layout)
            throw new ArgumentException($"Packed as '{_layout}', which is not '{layout}': packed by another backend.");
    }
}

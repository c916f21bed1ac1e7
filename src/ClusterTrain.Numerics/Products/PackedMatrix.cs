using ClusterTrain.Numerics.Tensors;

namespace ClusterTrain.Numerics.Products;

/// <summary>A right factor [Rows, Columns] laid out by, and only readable to, the backend that packed it.</summary>
public sealed class PackedMatrix
{
    internal PackedMatrix(int capacity) => Storage = new AlignedBuffer(capacity);

    public int Rows { get; internal set; }

    public int Columns { get; internal set; }

    internal AlignedBuffer Storage { get; }
}

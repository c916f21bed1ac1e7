using System.Runtime.Intrinsics;
using ClusterTrain.Numerics.Tensors;

namespace ClusterTrain.Numerics.Products.Mkl;

/// <summary>
/// Memory of one worker's products for what a library cannot read or write where it lies: it grows to the largest need
/// and stays.
/// </summary>
internal sealed unsafe class GemmScratch
{
    private static readonly bool Permutes = Vector512.IsHardwareAccelerated;

    private readonly PanelPacker _packer = new(maxLanes: 1, Permutes);
    private AlignedBuffer _memory = new(0);

    /// <summary>Room for so many floats, whatever was in it.</summary>
    public Span<float> Room(int length)
    {
        if (_memory.Length < length) _memory = new AlignedBuffer(length);
        return _memory.Span[..length];
    }

    /// <summary>Floats of a view's kept rows and columns.</summary>
    public static int LengthOf(MatrixView view) => checked(view.Rows * view.Columns);

    /// <summary>
    /// Copies a view's kept rows and columns, in the order they are stored: to read transposed what is seen transposed.
    /// </summary>
    /// <param name="view">Of one row or more and one column or more.</param>
    /// <param name="to">Room for <see cref="LengthOf"/>.</param>
    public GemmFactor Gather(MatrixView view, float* to)
    {
        var stored = view.Transposed ? view.Transpose() : view;
        // As lanes [columns] by depth [rows], so that runs of a stored row are picked at once.
        var lanes = stored.Transpose();
        fixed (float* data = lanes.Data)
        fixed (int* laneIndex = lanes.RowIndex, depthIndex = lanes.ColumnIndex)
        {
            var source = new PanelSource(lanes, data, laneIndex, depthIndex);
            _packer.Pack(source, 0, lanes.Rows, 0, lanes.Columns, to, step: lanes.Rows);
        }

        return new GemmFactor((nint)to, stored.Columns, view.Transposed);
    }
}

using ClusterTrain.Numerics.Lanes;
using ClusterTrain.Numerics.Products.Kernels;
using ClusterTrain.Numerics.Tensors;

namespace ClusterTrain.Numerics.Products.Managed;

/// <summary>
/// Matrix products in C#: panels of A and B are packed into the order in which register tiles read them, tiles run one
/// chain of fused multiply-adds for each element. Same bits as <see cref="NaiveProducts"/> at every vector width.
/// </summary>
/// <remarks>Not safe for concurrent calls: the scratch memory belongs to the instance.</remarks>
public sealed unsafe class ManagedProducts : IMatrixProducts
{
    /// <summary>Most floats of scratch that an instance takes, but for a row of biases.</summary>
    public const int ScratchFloats = TiledLoop.DepthBlock * (TiledLoop.RowBlock + MostColumns);

    // Columns of the widest panel.
    private const int MostColumns = 64;

    private readonly TileKernels _kernels;
    private readonly TiledLoop _loop;

    public ManagedProducts()
        : this(VectorWidths.Best)
    {
    }

    /// <exception cref="PlatformNotSupportedException">This processor lacks the width.</exception>
    public ManagedProducts(VectorWidth width)
    {
        if (!VectorWidths.IsSupported(width))
            throw new PlatformNotSupportedException($"This processor has no vectors of width {width}.");
        Width = width;
        _kernels = TileKernels.For(width);
        _loop = new TiledLoop(_kernels);
    }

    public VectorWidth Width { get; }

    public MathIdentity Identity => MathIdentity.Portable;


    public void Multiply(MatrixView a, MatrixView b, MatrixTarget c, Epilogue epilogue)
    {
        // a [m, k], b [k, n], c [m, n]
        Shapes.Check(b, nameof(b));
        Shapes.Check(a, b.Rows, b.Columns, c, epilogue);
        var lanes = b.Transpose();
        fixed (float* data = lanes.Data)
        fixed (int* laneIndex = lanes.RowIndex, depthIndex = lanes.ColumnIndex)
            Run(a, new Factor(new PanelSource(lanes, data, laneIndex, depthIndex)), c, epilogue);
    }

    public void Multiply(MatrixView a, PackedMatrix b, MatrixTarget c, Epilogue epilogue)
    {
        ArgumentNullException.ThrowIfNull(b);
        b.CheckLayout(_loop.Layout);
        Shapes.Check(a, b.Rows, b.Columns, c, epilogue);
        fixed (float* panels = b.Storage.Span)
            Run(a, new Factor(panels), c, epilogue);
    }

    public PackedMatrix Pack(MatrixView b, PackedMatrix? into = null)
    {
        Shapes.Check(b, nameof(b));
        var packed = PackedMatrix.Reuse(into, b.Rows, b.Columns, _loop.PackedLength(b.Rows, b.Columns), _loop.Layout);
        var lanes = b.Transpose();
        fixed (float* data = lanes.Data, panels = packed.Storage.Span)
        fixed (int* laneIndex = lanes.RowIndex, depthIndex = lanes.ColumnIndex)
            _loop.Pack(new PanelSource(lanes, data, laneIndex, depthIndex), b.Columns, b.Rows, panels);
        return packed;
    }

    private void Run(MatrixView a, Factor b, MatrixTarget c, Epilogue epilogue)
    {
        fixed (float* aData = a.Data, cData = c.Data, bias = epilogue.Bias, gate = epilogue.Gate)
        fixed (int* aRows = a.RowIndex, aColumns = a.ColumnIndex, cRows = c.RowIndex, cColumns = c.ColumnIndex)
        {
            var target = new TileTarget { Data = cData, Stride = c.Stride, RowIndex = cRows, ColumnIndex = cColumns };
            _loop.Run(
                new ProductSize(c.Rows, c.Columns, a.Columns),
                new Factor(new PanelSource(a, aData, aRows, aColumns)), b, target, epilogue.Accumulate,
                new TileFinish(epilogue, bias, gate, c.Columns));
        }
    }
}

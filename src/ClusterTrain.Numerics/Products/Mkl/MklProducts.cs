using ClusterTrain.Numerics.Elementwise;
using ClusterTrain.Numerics.Products.Kernels;

namespace ClusterTrain.Numerics.Products.Mkl;

/// <summary>
/// Matrix products by a native library. Picked rows and columns are gathered first, scattered ones last; the epilogue
/// is a pass after the product.
/// </summary>
/// <remarks>Not safe for concurrent calls: the scratch memory belongs to the instance.</remarks>
internal sealed unsafe class MklProducts(IGemm gemm) : IMatrixProducts
{
    private const string AsStored = "mkl [rows, columns]";
    private const string Exchanged = "mkl [columns, rows]";
    private const int AlignmentBytes = 64;

    private readonly GemmScratch _a = new();
    private readonly GemmScratch _b = new();
    private readonly GemmScratch _c = new();

    public MathIdentity Identity => gemm.Identity;

    public void Multiply(MatrixView a, MatrixView b, MatrixTarget c, Epilogue epilogue)
    {
        // a [m, k], b [k, n], c [m, n]
        Shapes.Check(b, nameof(b));
        Shapes.Check(a, b.Rows, b.Columns, c, epilogue);
        fixed (float* data = b.Data, room = _b.Room(RoomFor(b)))
            Run(a, Factor(b, data, room, _b), c, epilogue);
    }

    public void Multiply(MatrixView a, PackedMatrix b, MatrixTarget c, Epilogue epilogue)
    {
        ArgumentNullException.ThrowIfNull(b);
        var transposed = b.Has(Exchanged);
        if (!transposed) b.CheckLayout(AsStored);
        Shapes.Check(a, b.Rows, b.Columns, c, epilogue);
        fixed (float* data = b.Storage.Span)
            Run(a, new GemmFactor((nint)data, Math.Max(1, transposed ? b.Rows : b.Columns), transposed), c, epilogue);
    }

    public PackedMatrix Pack(MatrixView b, PackedMatrix? into = null)
    {
        Shapes.Check(b, nameof(b));
        var length = GemmScratch.LengthOf(b);
        var packed = PackedMatrix.Reuse(into, b.Rows, b.Columns, length, b.Transposed ? Exchanged : AsStored);
        fixed (float* to = packed.Storage.Span)
        {
            if (length > 0) _b.Gather(b, to);
        }

        return packed;
    }

    private void Run(MatrixView a, in GemmFactor b, MatrixTarget c, Epilogue epilogue)
    {
        if (c.Rows == 0 || c.Columns == 0)
            return;
        var stays = c.RowIndex.IsEmpty && c.ColumnIndex.IsEmpty && MayStay(c.Data, c.Stride, c.Rows, c.Columns);
        fixed (float* aData = a.Data, aRoom = _a.Room(RoomFor(a)), bias = epilogue.Bias)
        fixed (float* gate = epilogue.Gate, cData = c.Data, cRoom = _c.Room(stays ? 0 : c.Rows * c.Columns))
        fixed (int* cRows = c.RowIndex, cColumns = c.ColumnIndex)
        {
            var target = new TileTarget { Data = cData, Stride = c.Stride, RowIndex = cRows, ColumnIndex = cColumns };
            var result = stays ? cData : cRoom;
            var stride = stays ? Stride(c.Stride, c.Rows, c.Columns) : c.Columns;
            if (!stays && epilogue.Accumulate)
                target.Read(0, c.Rows, 0, c.Columns, result, stride);
            if (a.Columns > 0)
            {
                var size = new ProductSize(c.Rows, c.Columns, a.Columns);
                gemm.Multiply(size, Factor(a, aData, aRoom, _a), b, result, stride, epilogue.Accumulate);
            }
            else if (!epilogue.Accumulate)
            {
                Clear(result, c.Rows, c.Columns, stride);
            }

            var finish = new TileFinish(epilogue, bias, gate, c.Columns);
            if (!finish.IsNothing)
                FinishLoop.Run(result, c.Rows, c.Columns, stride, finish);
            if (!stays)
                target.Write(0, c.Rows, 0, c.Columns, result, stride);
        }
    }

    // The library wants no stride below a row, not even where there is no second row.
    private static int Stride(int given, int rows, int columns) => rows > 1 ? given : Math.Max(1, columns);

    private static void Clear(float* result, int rows, int columns, int stride)
    {
        for (var row = 0; row < rows; row++)
            new Span<float>(result + ((nint)row * stride), columns).Clear();
    }

    private int RoomFor(MatrixView view) => MayStay(view) ? 0 : GemmScratch.LengthOf(view);

    private GemmFactor Factor(MatrixView view, float* data, float* room, GemmScratch scratch)
    {
        if (!MayStay(view))
            return scratch.Gather(view, room);
        var (rows, columns) = view.Transposed ? (view.Columns, view.Rows) : (view.Rows, view.Columns);
        return new GemmFactor((nint)data, Stride(view.Stride, rows, columns), view.Transposed);
    }

    private bool MayStay(MatrixView view)
    {
        if (view.Rows == 0 || view.Columns == 0)
            return true; // nothing is read
        var (rows, columns) = view.Transposed ? (view.Columns, view.Rows) : (view.Rows, view.Columns);
        return view.RowIndex.IsEmpty && view.ColumnIndex.IsEmpty && MayStay(view.Data, view.Stride, rows, columns);
    }

    private bool MayStay(ReadOnlySpan<float> data, int stride, int rows, int columns)
    {
        // Rows that overlap, as a convolution's windows do, are rows to no library.
        if (rows > 1 && stride < columns)
            return false;
        if (!gemm.NeedsOwnMemory)
            return true;
        fixed (float* start = data)
            return (rows == 1 || stride == columns) && ((nint)start & (AlignmentBytes - 1)) == 0;
    }
}

using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using ClusterTrain.Numerics.Lanes;

namespace ClusterTrain.Numerics.Products.Kernels;

/// <summary>The tile kernels of one vector width: 1 row to a maximum, one or two vectors wide.</summary>
/// <param name="lanes">Float32 in a vector.</param>
/// <param name="maxRows">Rows of the tallest tile whose accumulators stay in registers.</param>
internal abstract unsafe class TileKernels(int lanes, int maxRows)
{
    /// <summary>Vectors side by side in the widest tile.</summary>
    public const int MaxVectors = 2;

    // 12 rows by 2 vectors need 27 of 32 registers; with 16 registers 6 rows need 15.
    private const int RowsIn32Registers = 12;
    private const int RowsIn16Registers = 6;

    public int Lanes { get; } = lanes;

    public int MaxRows { get; } = maxRows;

    public int MaxColumns => MaxVectors * Lanes;

    public static TileKernels For(VectorWidth width) => width switch
    {
        VectorWidth.Bits512 => new TileKernels<Vector512<float>, Lanes512>(RowsIn32Registers),
        VectorWidth.Bits256 => new TileKernels<Vector256<float>, Lanes256>(RowsIn16Registers),
        VectorWidth.Bits128 => new TileKernels<Vector128<float>, Lanes128>(
            AdvSimd.IsSupported ? RowsIn32Registers : RowsIn16Registers),
        VectorWidth.Scalar => new TileKernels<float, LanesScalar>(RowsIn16Registers),
        _ => throw new ArgumentOutOfRangeException(nameof(width), width, "Not a vector width."),
    };

    /// <summary>Runs the chains of a tile of <paramref name="rows"/> by <paramref name="vectors"/> vectors.</summary>
    public abstract void Multiply(int rows, int vectors, in TileTask task);

    /// <summary>The same where B is walked by a list.</summary>
    public abstract void MultiplyListed(int rows, int vectors, in TileTask task);

    /// <summary>Bias, ReLU, scale and gate, from a tile to where it belongs, or in place.</summary>
    public abstract void Finish(
        float* tile, nint stride, float* target, nint targetStride, int rows, int vectors, in TileFinish finish);
}

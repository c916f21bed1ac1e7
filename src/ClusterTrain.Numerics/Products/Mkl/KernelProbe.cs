using System.Globalization;
using ClusterTrain.Numerics.Randomness;
using ClusterTrain.Numerics.Tensors;

namespace ClusterTrain.Numerics.Products.Mkl;

/// <summary>
/// A short name for the bits a library computes here: what processor and environment variables make of version and
/// branch. Equal names are no proof of equal bits; different names show that they differ.
/// </summary>
internal static unsafe class KernelProbe
{
    // Long chains and odd edges: other blocks, other unrolling and other instructions round at other places.
    private static readonly ProductSize[] Sizes = [new(13, 37, 1021), new(48, 64, 300), new(1, 53, 2049)];

    /// <returns>Eight hexadecimal digits.</returns>
    public static string Of(IGemm gemm)
    {
        var hash = 2166136261u;
        foreach (var size in Sizes)
        {
            var (a, b, c) = (Filled(size.Rows * size.Depth, 1), Filled(size.Depth * size.Columns, 2), new AlignedBuffer(size.Rows * size.Columns));
            fixed (float* aData = a.Span, bData = b.Span, cData = c.Span)
            {
                gemm.Multiply(
                    size, new GemmFactor((nint)aData, size.Depth, Transposed: false),
                    new GemmFactor((nint)bData, size.Columns, Transposed: false), cData, size.Columns, accumulate: false);
            }

            foreach (var value in c.Span) hash = (hash ^ BitConverter.SingleToUInt32Bits(value)) * 16777619u;
        }

        return hash.ToString("x8", CultureInfo.InvariantCulture);
    }

    private static AlignedBuffer Filled(int length, int seed)
    {
        var buffer = new AlignedBuffer(length);
        new RandomStream(seed, RandomPurpose.Audit).FillUniform(buffer.Span, -1f, 1f);
        return buffer;
    }
}

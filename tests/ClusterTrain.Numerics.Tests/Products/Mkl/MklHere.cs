using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Mkl;

namespace ClusterTrain.Numerics.Tests.Products.Mkl;

/// <summary>Skips tests that need MKL where there is none.</summary>
internal static class MklHere
{
    public static IGemm Gemm()
    {
        try
        {
            return NativeGemm.Load(Environment.GetEnvironmentVariable);
        }
        catch (MklMissingException)
        {
            Assert.Skip("MKL is not on this machine (Debian: libmkl-rt; or set MKLROOT).");
            throw;
        }
    }

    public static IMatrixProducts Products() => new MklProducts(Gemm());

    /// <summary>Every way operands may reach the library: as they lie, and compacted first.</summary>
    public static IReadOnlyList<IMatrixProducts> AllWays() => [Products(), new MklProducts(new CompactGemm(Gemm()))];

    /// <summary>The library as one that takes no strides.</summary>
    private sealed unsafe class CompactGemm(IGemm gemm) : IGemm
    {
        public MathIdentity Identity => gemm.Identity;

        public bool NeedsOwnMemory => true;

        public void Multiply(ProductSize size, in GemmFactor a, in GemmFactor b, float* c, int cStride, bool accumulate)
        {
            Assert.Equal(a.Transposed ? size.Rows : size.Depth, a.Stride);
            Assert.Equal(b.Transposed ? size.Depth : size.Columns, b.Stride);
            Assert.Equal(size.Columns, cStride);
            Assert.Equal(0, (a.Data | b.Data | (nint)c) & 63);
            gemm.Multiply(size, a, b, c, cStride, accumulate);
        }
    }
}

using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Managed;

namespace ClusterTrain.Numerics.Tests.Products;

public sealed class ShapesTests
{
    [Fact]
    public void Multiply_InnerSizesDiffer_Refused() =>
        Refused(2, 3, new float[6], new float[8], 4, 2, new float[4], 2, 2, []);

    [Fact]
    public void Multiply_TargetOfOtherShape_Refused() =>
        Refused(2, 3, new float[6], new float[6], 3, 2, new float[6], 2, 3, []);

    [Fact]
    public void Multiply_BiasOfOtherLength_Refused() =>
        Refused(2, 3, new float[6], new float[6], 3, 2, new float[4], 2, 2, [1f]);

    [Fact]
    public void Multiply_GateOfOtherSize_Refused()
    {
        foreach (var products in (IMatrixProducts[])[new NaiveProducts(), new ManagedProducts()])
        {
            foreach (var length in (int[])[1, 3, 5])
            {
                Assert.Throws<ArgumentException>(() => products.Multiply(
                    new MatrixView(new float[6], 2, 3), new MatrixView(new float[6], 3, 2),
                    new MatrixTarget(new float[4], 2, 2), new Epilogue { Gate = new float[length] }));
            }
        }
    }

    [Fact]
    public void Multiply_DataTooShort_Refused()
    {
        Refused(2, 3, new float[5], new float[6], 3, 2, new float[4], 2, 2, []);
        Refused(2, 3, new float[6], new float[5], 3, 2, new float[4], 2, 2, []);
        Refused(2, 3, new float[6], new float[6], 3, 2, new float[3], 2, 2, []);
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(-1, 1)]
    [InlineData(1, 1)]
    [InlineData(1, 0)]
    public void Multiply_IndexOutsideOrNotAscending_Refused(int first, int second)
    {
        float[] c = new float[4];

        Assert.Throws<ArgumentException>(() => new ManagedProducts().Multiply(
            new MatrixView(new float[6], 3, 2).Pick([first, second], []), new MatrixView(new float[4], 2, 2),
            new MatrixTarget(c, 2, 2), new Epilogue()));
        Assert.Throws<ArgumentException>(() => new ManagedProducts().Multiply(
            new MatrixView(new float[4], 2, 2), new MatrixView(new float[4], 2, 2),
            new MatrixTarget(new float[6], 2, 2, 2) { RowIndex = [first, second] }, new Epilogue()));
    }

    private static void Refused(
        int m, int k, float[] a, float[] b, int bRows, int n, float[] c, int cRows, int cColumns, float[] bias)
    {
        foreach (var products in (IMatrixProducts[])[new NaiveProducts(), new ManagedProducts()])
        {
            Assert.Throws<ArgumentException>(() => products.Multiply(
                new MatrixView(a, m, k), new MatrixView(b, bRows, n), new MatrixTarget(c, cRows, cColumns),
                new Epilogue { Bias = bias }));
        }
    }
}

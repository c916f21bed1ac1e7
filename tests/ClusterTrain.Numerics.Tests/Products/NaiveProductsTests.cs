using ClusterTrain.Numerics.Products;

namespace ClusterTrain.Numerics.Tests.Products;

public sealed class NaiveProductsTests
{
    [Fact]
    public void Multiply_TwoByTwo_IsTheProductByHand()
    {
        float[] c = new float[4];

        new NaiveProducts().Multiply(
            new MatrixView([1, 2, 3, 4, 5, 6], 2, 3), new MatrixView([7, 8, 9, 10, 11, 12], 3, 2),
            new MatrixTarget(c, 2, 2), new Epilogue());

        Assert.Equal([58, 64, 139, 154], c);
    }

    [Fact]
    public void Multiply_TransposedPick_ReadsTheKeptElements()
    {
        // W [3, 4]; kept outputs 0 and 2, kept inputs 1 and 3; y = x W^T.
        float[] w = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
        float[] y = new float[2];

        new NaiveProducts().Multiply(
            new MatrixView([1, 10], 1, 2), new MatrixView(w, 3, 4).Pick([0, 2], [1, 3]).Transpose(),
            new MatrixTarget(y, 1, 2), new Epilogue());

        Assert.Equal([42, 130], y);
    }

    [Fact]
    public void Multiply_Epilogue_AddsBiasThenCutsThenScales()
    {
        float[] c = [100, -100];

        new NaiveProducts().Multiply(
            new MatrixView([2], 1, 1), new MatrixView([3, 3], 1, 2), new MatrixTarget(c, 1, 2),
            new Epilogue { Accumulate = true, Bias = [1, 1], Relu = true, Scale = 0.5f });

        Assert.Equal([53.5f, 0f], c);
    }

    [Fact]
    public void Multiply_Gate_PassesWhereAboveZeroAfterAllElse()
    {
        float[] c = [-10, -10, -10, -10, -10];

        new NaiveProducts().Multiply(
            new MatrixView([1], 1, 1), new MatrixView([2, 2, 2, 2, float.NaN], 1, 5), new MatrixTarget(c, 1, 5),
            new Epilogue
            {
                Accumulate = true, Bias = [4, 4, 4, 4, 4], Scale = 0.5f,
                Gate = [float.Epsilon, 0f, -1f, float.NaN, 1f], GateScale = 3f,
            });

        Bits.AssertEqual([-6f, 0f, 0f, 0f, float.NaN], c, "gated");
    }

    [Fact]
    public void Multiply_ReluOfNaN_StaysNaN()
    {
        float[] c = new float[1];

        new NaiveProducts().Multiply(
            new MatrixView([float.NaN], 1, 1), new MatrixView([1], 1, 1), new MatrixTarget(c, 1, 1),
            new Epilogue { Relu = true });

        Assert.True(float.IsNaN(c[0]));
    }

    [Fact]
    public void Multiply_ChainOfThree_RoundsOncePerStepInAscendingOrder()
    {
        // 1 + 2^-24 twice: each addend alone is rounded away; the other way round they would survive together.
        float[] c = new float[1];
        const float Half = 1f / (1 << 24);

        new NaiveProducts().Multiply(
            new MatrixView([1, Half, Half], 1, 3), new MatrixView([1, 1, 1], 3, 1), new MatrixTarget(c, 1, 1),
            new Epilogue());

        Assert.Equal(1f, c[0]);
    }

    [Fact]
    public void Multiply_Scatter_LeavesTheRestAlone()
    {
        float[] c = [9, 9, 9, 9, 9, 9];

        new NaiveProducts().Multiply(
            new MatrixView([1], 1, 1), new MatrixView([2, 3], 1, 2),
            new MatrixTarget(c, 1, 2, 3) { RowIndex = [1], ColumnIndex = [0, 2] }, new Epilogue());

        Assert.Equal([9, 9, 9, 2, 9, 3], c);
    }
}

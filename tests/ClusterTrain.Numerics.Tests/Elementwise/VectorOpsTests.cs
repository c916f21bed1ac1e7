using ClusterTrain.Numerics.Elementwise;
using ClusterTrain.Numerics.Fixed;
using ClusterTrain.Numerics.Lanes;
using ClusterTrain.Numerics.Tests.Products;

namespace ClusterTrain.Numerics.Tests.Elementwise;

public sealed class VectorOpsTests
{
    private static readonly float[] Specials =
    [
        0f, -0f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.Epsilon, float.MaxValue, -1f, 1e-38f,
    ];

    public static TheoryData<VectorWidth> Widths => [.. VectorWidths.Supported];

    [Theory]
    [MemberData(nameof(Widths))]
    public void EveryOperation_EveryLength_SameBitsAsPlainLoop(VectorWidth width)
    {
        for (var n = 0; n < 70; n++)
        {
            AssertLoop<ElementOperations.Sum>(width, n, (x, y, _) => x + y);
            AssertLoop<ElementOperations.Scaled>(width, n, (x, _, factor) => x * factor);
            AssertLoop<ElementOperations.ScaledSum>(width, n, (x, y, factor) => MathF.FusedMultiplyAdd(factor, x, y));
            AssertLoop<ElementOperations.ScaledWherePositive>(width, n, (x, y, factor) => y > 0f ? x * factor : 0f);
            AssertLoop<ElementOperations.Exponential>(width, n, (x, _, _) => FixedMath.Exp(x));
            AssertLoop<ElementOperations.Logarithm>(width, n, (x, _, _) => FixedMath.Log(x));
        }
    }

    [Fact]
    public void PublicOperations_SmallVectors_AreWhatTheirNamesSay()
    {
        float[] y = [1, -2, 0, 4];
        float[] dx = new float[4];

        VectorOps.ReluBackward(y, [10, 20, 30, 40], dx, 0.5f);
        Assert.Equal([5, 0, 0, 20], dx);
        VectorOps.Add([1, 1, 1, 1], y);
        Assert.Equal([2, -1, 1, 5], y);
        VectorOps.AddScaled(3f, [1, 0, 1, 0], y);
        Assert.Equal([5, -1, 4, 5], y);
        VectorOps.Scale(y, -2f);
        Assert.Equal([-10, 2, -8, -10], y);
        VectorOps.Exp([0f, float.NegativeInfinity], y.AsSpan(0, 2));
        Assert.Equal([1, 0, -8, -10], y);
        VectorOps.Log([1f], y.AsSpan(0, 1));
        Assert.Equal([0, 0, -8, -10], y);
        Assert.Throws<ArgumentException>(() => VectorOps.Add([1f], new float[2]));
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void ColumnSums_AnyShape_AreChainsDownTheRows(VectorWidth width)
    {
        var random = new Random(41);
        for (var columns = 0; columns < 150; columns += 1 + random.Next(4))
        {
            var rows = random.Next(20);
            var stride = columns + random.Next(4);
            var x = Operand.Values(random, rows * stride);
            var start = Operand.Values(random, columns);
            foreach (var accumulate in (bool[])[false, true])
            {
                var expected = new float[columns];
                for (var column = 0; column < columns; column++)
                {
                    expected[column] = accumulate ? start[column] : 0f;
                    for (var row = 0; row < rows; row++)
                        expected[column] += x[(row * stride) + column];
                }

                var actual = (float[])start.Clone();
                ColumnSumLoop.Run(width, x, rows, columns, stride, actual, accumulate);
                Bits.AssertEqual(expected, actual, $"[{rows}, {columns}]");
            }
        }
    }

    [Fact]
    public void ColumnSums_RowsBeyondTheData_Refused() =>
        Assert.Throws<ArgumentException>(() => VectorOps.ColumnSums(new float[5], 2, 3, 3, new float[3]));

    private static void AssertLoop<TOperation>(VectorWidth width, int n, Func<float, float, float, float> reference)
        where TOperation : struct, IElementOperation
    {
        const float Factor = 0.3f;
        var random = new Random(n);
        var x = Operand.Values(random, n);
        var y = Operand.Values(random, n);
        for (var i = 0; i < n; i++)
        {
            if (random.Next(4) == 0)
                (x[i], y[i]) = (Specials[random.Next(Specials.Length)], Specials[random.Next(Specials.Length)]);
        }

        var expected = x.Zip(y, (a, b) => reference(a, b, Factor)).ToArray();
        var actual = new float[n];
        ElementLoop<TOperation>.Run(width, x, y, actual, Factor);
        Bits.AssertEqual(expected, actual, $"{typeof(TOperation).Name} of {n}");
    }
}

using ClusterTrain.Numerics.Elementwise;
using ClusterTrain.Numerics.Lanes;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Managed;

namespace ClusterTrain.Numerics.Tests.Products;

/// <summary>The promise that a gate saves a pass and changes no bit.</summary>
public sealed class GatedProductsTests
{
    private static readonly float[] Specials =
        [0f, -0f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.Epsilon, -float.Epsilon];

    public static TheoryData<VectorWidth> Widths => [.. VectorWidths.Supported];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Multiply_Gated_SameBitsAsReluBackwardOverTheProduct(VectorWidth width)
    {
        var random = new Random(53);
        var products = new ManagedProducts(width);
        // Ten columns and fewer run as the transposed product; more end within a vector, or with one.
        foreach (var n in (int[])[1, 3, 10, 16, 32, 33, 70])
        {
            foreach (var m in (int[])[1, 12, 64, 243])
            {
                var (a, b) = (Operand.Values(random, m * 20), Operand.Values(random, 20 * n));
                var gate = Operand.Values(random, m * n);
                for (var i = 0; i < gate.Length; i += 1 + random.Next(9))
                    gate[i] = Specials[random.Next(Specials.Length)];
                var (expected, actual) = (new float[m * n], new float[m * n]);
                a[^1] = float.NaN;

                products.Multiply(
                    new MatrixView(a, m, 20), new MatrixView(b, 20, n), new MatrixTarget(expected, m, n), new Epilogue());
                VectorOps.ReluBackward(gate, expected, expected, 2.3f);
                products.Multiply(
                    new MatrixView(a, m, 20), new MatrixView(b, 20, n), new MatrixTarget(actual, m, n),
                    new Epilogue { Gate = gate, GateScale = 2.3f });

                Bits.AssertEqual(expected, actual, $"[{m}, {n}]");
            }
        }
    }

    [Fact]
    public void Multiply_GatedAndScattered_GateIsThatOfTheProduct()
    {
        foreach (var products in (IMatrixProducts[])[new NaiveProducts(), new ManagedProducts()])
        {
            float[] c = [9, 9, 9, 9, 9, 9];
            products.Multiply(
                new MatrixView([1], 1, 1), new MatrixView([2, 3], 1, 2),
                new MatrixTarget(c, 1, 2, 3) { RowIndex = [1], ColumnIndex = [0, 2] },
                new Epilogue { Gate = [0, 1] });

            Assert.Equal([9, 9, 9, 0, 9, 3], c);
        }
    }
}

using ClusterTrain.Numerics.Lanes;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Managed;

namespace ClusterTrain.Numerics.Tests.Products;

public sealed class ManagedProductsTests
{
    private static readonly NaiveProducts Naive = new();

    public static TheoryData<VectorWidth> Widths => [.. VectorWidths.Supported];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Multiply_RandomShapesFormsAndEpilogues_SameBitsAsNaive(VectorWidth width)
    {
        var random = new Random(20240601);
        var products = new ManagedProducts(width);
        for (var i = 0; i < 250; i++)
        {
            // Products of two uniforms lean to small sizes, where the edges of tiles are.
            var c = ProductCase.Draw(random, Size(random), Size(random), Size(random));
            Bits.AssertEqual(c.Run(Naive), c.Run(products), c.ToString());
        }

        static int Size(Random random) => 1 + (int)(300 * random.NextDouble() * random.NextDouble());
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Multiply_EveryHeightAndWidthAroundATile_SameBitsAsNaive(VectorWidth width)
    {
        var random = new Random(7);
        var products = new ManagedProducts(width);
        for (var m = 1; m <= 26; m++)
        {
            foreach (var n in (int[])[1, 2, 3, 4, 5, 7, 8, 9, 10, 15, 16, 17, 31, 32, 33, 48, 63, 64, 65])
            {
                var c = ProductCase.Draw(random, m, 1 + random.Next(9), n);
                Bits.AssertEqual(c.Run(Naive), c.Run(products), c.ToString());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Multiply_LongerThanTheCacheBlocks_SameBitsAsNaive(VectorWidth width)
    {
        var random = new Random(11);
        var products = new ManagedProducts(width);
        (int M, int K, int N)[] sizes = [(3, 1300, 37), (250, 520, 9), (500, 30, 40), (12, 1024, 64), (20, 513, 10)];
        foreach (var (m, k, n) in sizes)
        {
            for (var i = 0; i < 4; i++)
            {
                var c = ProductCase.Draw(random, m, k, n);
                var expected = c.Run(Naive);
                Bits.AssertEqual(expected, c.Run(products), c.ToString());
                Bits.AssertEqual(expected, c.Run(products, packed: true), $"packed {c}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Multiply_PackedRightFactor_SameBitsAsNaive(VectorWidth width)
    {
        var random = new Random(13);
        var products = new ManagedProducts(width);
        for (var i = 0; i < 150; i++)
        {
            var c = ProductCase.Draw(random, 1 + random.Next(70), 1 + random.Next(90), 1 + random.Next(90));
            Bits.AssertEqual(c.Run(Naive), c.Run(products, packed: true), c.ToString());
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Pack_IntoMemoryOfOtherSizes_LeavesNoTrace(VectorWidth width)
    {
        var random = new Random(17);
        var products = new ManagedProducts(width);
        var into = products.Pack(Operand.Draw(random, 60, 70).View);
        for (var i = 0; i < 60; i++)
        {
            var c = ProductCase.Draw(random, 1 + random.Next(30), 1 + random.Next(80), 1 + random.Next(80));
            Bits.AssertEqual(c.Run(Naive), c.Run(products, packed: true, into), c.ToString());
        }
    }

    [Fact]
    public void Pack_EnoughMemoryGiven_ReusesIt()
    {
        var random = new Random(19);
        var products = new ManagedProducts();
        var large = products.Pack(Operand.Draw(random, 30, 40).View);

        Assert.Same(large, products.Pack(Operand.Draw(random, 20, 40).View, large));
        Assert.Equal((20, 40), (large.Rows, large.Columns));
        Assert.NotSame(large, products.Pack(Operand.Draw(random, 300, 40).View, large));
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Multiply_SpecialValues_PropagateAsInNaive(VectorWidth width)
    {
        float[] specials =
        [
            0f, -0f, 1f, -1f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.Epsilon, -float.Epsilon,
            float.MaxValue, -float.MaxValue, 1e-38f, -1e-38f, 3e-39f, 1e-20f, 1e20f,
        ];
        var random = new Random(23);
        var products = new ManagedProducts(width);
        for (var i = 0; i < 150; i++)
        {
            // Short chains, lest everything ends in NaN.
            var c = ProductCase.Draw(random, 1 + random.Next(30), 1 + random.Next(3), 1 + random.Next(70));
            foreach (var data in (float[][])[c.A.Data, c.B.Data, c.Target, c.Bias, c.Gate])
            {
                foreach (ref var value in data.AsSpan())
                    value = specials[random.Next(specials.Length)];
            }

            Bits.AssertEqual(c.Run(Naive), c.Run(products), c.ToString());
            Bits.AssertEqual(c.Run(Naive), c.Run(products, packed: true), $"packed {c}");
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Multiply_SizesOfZero_SameBitsAsNaive(VectorWidth width)
    {
        var random = new Random(29);
        var products = new ManagedProducts(width);
        (int M, int K, int N)[] sizes = [(0, 3, 4), (3, 0, 4), (3, 4, 0), (0, 0, 0), (40, 0, 70), (0, 0, 5), (5, 0, 0)];
        foreach (var (m, k, n) in sizes)
        {
            for (var i = 0; i < 6; i++)
            {
                var c = ProductCase.Draw(random, m, k, n);
                Bits.AssertEqual(c.Run(Naive), c.Run(products), c.ToString());
                Bits.AssertEqual(c.Run(Naive), c.Run(products, packed: true), $"packed {c}");
            }
        }
    }

    [Fact]
    public void Multiply_SizesSeenBefore_AllocatesNothing()
    {
        var random = new Random(31);
        var products = new ManagedProducts();
        var c = ProductCase.Draw(random, 40, 600, 70);
        var (target, gate) = (new float[40 * 70], Operand.Values(random, 40 * 70));
        var packed = products.Pack(c.B.View);

        Assert.Equal(0, Allocations.Of(() =>
        {
            products.Multiply(c.A.View, c.B.View, new MatrixTarget(target, 40, 70), new Epilogue { Scale = 2f });
            products.Pack(c.B.View, packed);
            products.Multiply(c.A.View, packed, new MatrixTarget(target, 40, 70), new Epilogue { Gate = gate });
        }));
    }

    [Fact]
    public void Multiply_PackedByAnotherBackend_Refused()
    {
        var packed = Naive.Pack(new MatrixView(new float[6], 2, 3));

        Assert.Throws<ArgumentException>(() => new ManagedProducts().Multiply(
            new MatrixView(new float[2], 1, 2), packed, new MatrixTarget(new float[3], 1, 3), new Epilogue()));
    }
}

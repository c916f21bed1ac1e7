using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Mkl;
using ClusterTrain.Numerics.Tensors;

namespace ClusterTrain.Numerics.Tests.Products.Mkl;

public sealed class MklProductsTests
{
    private static readonly NaiveProducts Naive = new();

    [Fact]
    public void Multiply_RandomShapesFormsPicksAndEpilogues_CloseToNaive()
    {
        var ways = MklHere.AllWays();
        var random = new Random(20240602);
        for (var i = 0; i < 120; i++)
        {
            var c = ProductCase.Draw(random, Size(random), Size(random), Size(random));
            var expected = c.Run(Naive);
            foreach (var products in ways)
            {
                AssertClose(expected, c.Run(products), c.ToString());
                AssertClose(expected, c.Run(products, packed: true), $"packed {c}");
            }
        }

        static int Size(Random random) => 1 + (int)(300 * random.NextDouble() * random.NextDouble());
    }

    [Fact]
    public void Multiply_SizesOfZero_SameBitsAsNaive()
    {
        (int M, int K, int N)[] sizes = [(0, 3, 4), (3, 0, 4), (3, 4, 0), (0, 0, 0), (40, 0, 70), (0, 0, 5), (5, 0, 0)];
        foreach (var products in MklHere.AllWays())
        {
            var random = new Random(29);
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
    }

    [Fact]
    public void Multiply_OneRowOfStrideZero_IsTheProduct()
    {
        float[] c = new float[2];

        MklHere.Products().Multiply(
            new MatrixView([1, 2], 1, 2, stride: 0), new MatrixView([3, 4, 5, 6], 2, 2), new MatrixTarget(c, 1, 2, 0), new Epilogue());

        Assert.Equal([13, 16], c);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Multiply_OverlappingWindowsAndABiasForEachRow_CloseToNaive(bool transposed)
    {
        const int M = 7, K = 9, N = 40;
        var random = new Random(47);
        var (a, bias, data) = (Operand.Values(random, M * K), Operand.Values(random, M), Operand.Values(random, K + N));
        foreach (var products in MklHere.AllWays())
            AssertClose(Run(Naive), Run(products), $"transposed {transposed}");

        float[] Run(IMatrixProducts products)
        {
            var c = new float[M * N];
            var windows = transposed ? new MatrixView(data, N, K, stride: 1).Transpose() : new MatrixView(data, K, N, stride: 1);
            products.Multiply(
                new MatrixView(a, M, K), windows, new MatrixTarget(c, M, N),
                new Epilogue { Bias = bias, BiasRunsDown = true, Relu = true, Scale = 2f });
            return c;
        }
    }

    [Fact]
    public async Task Multiply_AgainByOtherInstancesOnOtherThreadsPackedOrCompacted_SameBits()
    {
        _ = MklHere.Gemm();
        var random = new Random(37);
        var cases = Enumerable.Range(0, 60)
            .Select(_ => ProductCase.Draw(random, 1 + random.Next(90), 1 + random.Next(400), 1 + random.Next(90))).ToList();
        var once = Results(MklHere.Products(), packed: false);

        var others = await Task.WhenAll(
            Task.Run(() => Results(MklHere.Products(), packed: false)),
            Task.Run(() => Results(MklHere.Products(), packed: true)),
            Task.Run(() => Results(MklHere.AllWays()[^1], packed: false)));

        Assert.All(others, other => Assert.All(cases.Index(), item =>
            Bits.AssertEqual(once[item.Index], other[item.Index], item.Item.ToString())));

        List<float[]> Results(IMatrixProducts products, bool packed) => [.. cases.Select(c => c.Run(products, packed))];
    }

    [Fact]
    public void Multiply_WhateverTheAlignment_SameBits()
    {
        var products = MklHere.Products();
        const int M = 37, K = 411, N = 53;
        var random = new Random(41);
        var (a, b, bits) = (Operand.Values(random, M * K), Operand.Values(random, K * N), new List<float[]>());
        for (var offset = 0; offset < 16; offset++)
        {
            var (aBuffer, bBuffer, c) = (new AlignedBuffer((M * K) + 16), new AlignedBuffer((K * N) + 16), new AlignedBuffer((M * N) + 16));
            a.CopyTo(aBuffer.Span[offset..]);
            b.CopyTo(bBuffer.Span[((offset * 5) % 16)..]);
            products.Multiply(
                new MatrixView(aBuffer.Span[offset..], M, K), new MatrixView(bBuffer.Span[((offset * 5) % 16)..], K, N),
                new MatrixTarget(c.Span[((offset * 3) % 16)..], M, N), new Epilogue());
            bits.Add(c.Span.Slice((offset * 3) % 16, M * N).ToArray());
        }

        Assert.All(bits, result => Bits.AssertEqual(bits[0], result, "alignment"));
    }

    [Fact]
    public void Pack_EnoughMemoryGiven_ReusesItAndLeavesNoTrace()
    {
        var products = MklHere.Products();
        var random = new Random(43);
        PackedMatrix[] into =
        [
            products.Pack(new MatrixView(new float[80 * 80], 80, 80)),
            products.Pack(new MatrixView(new float[80 * 80], 80, 80).Transpose()),
        ];
        for (var i = 0; i < 60; i++)
        {
            var c = ProductCase.Draw(random, 1 + random.Next(30), 1 + random.Next(80), 1 + random.Next(80));
            var memory = into[c.B.View.Transposed ? 1 : 0];
            AssertClose(c.Run(Naive), c.Run(products, packed: true, memory), c.ToString());
            Assert.Same(memory, products.Pack(c.B.View, memory));
        }
    }

    [Fact]
    public void Multiply_SizesSeenBefore_AllocatesNothing()
    {
        var products = MklHere.Products();
        var random = new Random(31);
        for (var i = 0; i < 10; i++)
        {
            var c = ProductCase.Draw(random, 40, 600, 70);
            var packed = products.Pack(c.B.View);

            Assert.Equal(0, Allocations.Of(() =>
            {
                products.Multiply(c.A.View, c.B.View, c.ViewOf(c.Target), new Epilogue { Scale = 2f, Accumulate = true });
                products.Pack(c.B.View, packed);
                products.Multiply(
                    c.A.View, packed, c.ViewOf(c.Target),
                    new Epilogue { Bias = c.Bias, BiasRunsDown = c.BiasRunsDown, Gate = c.Gate });
            }));
        }
    }

    [Fact]
    public void Multiply_PackedByAnotherBackend_Refused()
    {
        var packed = Naive.Pack(new MatrixView(new float[6], 2, 3));

        Assert.Throws<ArgumentException>(() => MklHere.Products().Multiply(
            new MatrixView(new float[2], 1, 2), packed, new MatrixTarget(new float[3], 1, 3), new Epilogue()));
    }

    // Products of 300 terms below 1/4 in size: sums of about 1, rounded in another order.
    private static void AssertClose(float[] expected, float[] actual, string what)
    {
        for (var i = 0; i < expected.Length; i++)
            Assert.True(MathF.Abs(expected[i] - actual[i]) <= 1e-5f * MathF.Max(1f, MathF.Abs(expected[i])), $"{what}: element {i} is {actual[i]:R}, naive {expected[i]:R}");
    }
}

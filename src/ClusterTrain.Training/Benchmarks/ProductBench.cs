using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Randomness;
using ClusterTrain.Numerics.Tensors;

namespace ClusterTrain.Training.Benchmarks;

/// <summary>Matrix products on one core.</summary>
public static class ProductBench
{
    private static readonly (int M, int K, int N, string Form)[] Cases =
    [
        (128, 1024, 1024, "AB"), (128, 1024, 1024, "ABt"), (128, 1024, 1024, "AtB"),
        (256, 1024, 1024, "AB"), (1024, 1024, 1024, "AB"), (1024, 1024, 1024, "ABt"), (128, 512, 512, "AB"),
        (64, 10, 512, "AB"), (6272, 32, 288, "AB"), (784, 512, 128, "AtB"),
    ];

    public static IEnumerable<BenchFigure> Run(IMatrixProducts products, MachineLimits limits, Sampler sampler)
    {
        foreach (var (m, k, n, form) in Cases)
        {
            var (a, b, c) = (Filled(m * k, 1), Filled(k * n, 2), new AlignedBuffer(m * n));
            var seconds = sampler.Seconds(() => products.Multiply(
                form == "AtB" ? new MatrixView(a.Span, k, m).Transpose() : new MatrixView(a.Span, m, k),
                form == "ABt" ? new MatrixView(b.Span, n, k).Transpose() : new MatrixView(b.Span, k, n),
                new MatrixTarget(c.Span, m, n), new Epilogue()));
            yield return new BenchFigure(
                $"gemm {m}x{k}x{n} {form}", 2.0 * m * k * n / seconds / 1e9, "GFLOP/s", limits.FlopsPerSecond / 1e9);
        }
    }

    private static AlignedBuffer Filled(int length, int seed)
    {
        var buffer = new AlignedBuffer(length);
        new RandomStream(seed, RandomPurpose.Audit).FillUniform(buffer.Span, -1f, 1f);
        return buffer;
    }
}

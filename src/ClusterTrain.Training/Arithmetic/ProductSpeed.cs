using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Randomness;
using ClusterTrain.Numerics.Tensors;
using ClusterTrain.Training.Benchmarks;

namespace ClusterTrain.Training.Arithmetic;

/// <summary>A short measurement to compare backends by: one product of the size that training spends its time in.</summary>
public static class ProductSpeed
{
    private const int M = 128;
    private const int K = 512;
    private const int N = 512;

    /// <summary>What is measured, as <c>bench</c> would name it.</summary>
    public static string Name { get; } = $"gemm {M}x{K}x{N}";

    /// <summary>Floating-point operations a second on one core, median.</summary>
    public static double Measure(IMatrixProducts products, Sampler sampler)
    {
        var (a, b, c) = (Filled(M * K, 1), Filled(K * N, 2), new AlignedBuffer(M * N));
        var seconds = sampler.Seconds(() => products.Multiply(
            new MatrixView(a.Span, M, K), new MatrixView(b.Span, K, N), new MatrixTarget(c.Span, M, N), new Epilogue()));
        return 2.0 * M * K * N / seconds;
    }

    private static AlignedBuffer Filled(int length, int seed)
    {
        var buffer = new AlignedBuffer(length);
        new RandomStream(seed, RandomPurpose.Audit).FillUniform(buffer.Span, -1f, 1f);
        return buffer;
    }
}

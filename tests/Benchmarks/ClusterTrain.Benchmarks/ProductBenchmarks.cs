using BenchmarkDotNet.Attributes;
using ClusterTrain.Numerics.Lanes;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Managed;
using ClusterTrain.Numerics.Randomness;
using ClusterTrain.Numerics.Tensors;

namespace ClusterTrain.Benchmarks;

/// <summary>Products at every vector width of this processor, with a right factor packed once and packed each time.</summary>
[MemoryDiagnoser]
public class ProductBenchmarks
{
    private AlignedBuffer _a = null!;
    private AlignedBuffer _b = null!;
    private AlignedBuffer _c = null!;
    private ManagedProducts _products = null!;
    private PackedMatrix _packed = null!;

    public static IEnumerable<VectorWidth> Widths => VectorWidths.Supported;

    [ParamsSource(nameof(Widths))]
    public VectorWidth Width { get; set; }

    [Params(16, 128)]
    public int M { get; set; }

    [Params(256, 1024)]
    public int N { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _products = new ManagedProducts(Width);
        (_a, _b, _c) = (Filled(M * N, 1), Filled(N * N, 2), new AlignedBuffer(M * N));
        _packed = _products.Pack(new MatrixView(_b.Span, N, N));
    }

    [Benchmark]
    public void Once() => _products.Multiply(
        new MatrixView(_a.Span, M, N), new MatrixView(_b.Span, N, N), new MatrixTarget(_c.Span, M, N), new Epilogue());

    [Benchmark]
    public void Packed() => _products.Multiply(
        new MatrixView(_a.Span, M, N), _packed, new MatrixTarget(_c.Span, M, N), new Epilogue());

    private static AlignedBuffer Filled(int length, int seed)
    {
        var buffer = new AlignedBuffer(length);
        new RandomStream(seed, RandomPurpose.Audit).FillUniform(buffer.Span, -1f, 1f);
        return buffer;
    }
}

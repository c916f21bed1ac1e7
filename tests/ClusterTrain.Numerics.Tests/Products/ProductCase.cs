using ClusterTrain.Numerics.Products;

namespace ClusterTrain.Numerics.Tests.Products;

/// <summary>One random product: shapes, forms, picks, scatter and epilogue, all from one seed.</summary>
internal sealed class ProductCase
{
    private readonly Random _random;

    private ProductCase(Random random, int m, int k, int n)
    {
        _random = random;
        (M, K, N) = (m, k, n);
        A = Operand.Draw(random, m, k);
        B = Operand.Draw(random, k, n);
        TargetRows = DrawIndex(m, out var targetHeight);
        TargetColumns = DrawIndex(n, out var targetWidth);
        TargetStride = targetWidth + random.Next(3) * random.Next(5);
        Target = Operand.Values(random, Math.Max(1, targetHeight) * Math.Max(1, TargetStride));
        BiasRunsDown = random.Next(3) == 0;
        Bias = random.Next(2) == 0 ? [] : Operand.Values(random, BiasRunsDown ? m : n);
        Accumulate = random.Next(2) == 0;
        Relu = random.Next(2) == 0;
        Scale = random.Next(2) == 0 ? 1f : 0.37f;
        Gate = random.Next(2) == 0 ? [] : Operand.Values(random, m * n);
        GateScale = random.Next(2) == 0 ? 1f : 1.7f;
    }

    public int M { get; }

    public int K { get; }

    public int N { get; }

    public Operand A { get; }

    public Operand B { get; }

    public int[] TargetRows { get; }

    public int[] TargetColumns { get; }

    public int TargetStride { get; }

    public float[] Target { get; }

    public float[] Bias { get; }

    public bool BiasRunsDown { get; }

    public bool Accumulate { get; }

    public bool Relu { get; }

    public float Scale { get; }

    public float[] Gate { get; }

    public float GateScale { get; }

    public static ProductCase Draw(Random random, int m, int k, int n) => new(random, m, k, n);

    public MatrixTarget ViewOf(float[] target) =>
        new(target, M, N, TargetStride) { RowIndex = TargetRows, ColumnIndex = TargetColumns };

    /// <summary>The target's whole memory after the product, what was not to be written included.</summary>
    public float[] Run(IMatrixProducts products, bool packed = false, PackedMatrix? into = null)
    {
        var target = (float[])Target.Clone();
        var c = ViewOf(target);
        var epilogue = new Epilogue
        {
            Accumulate = Accumulate, Bias = Bias, BiasRunsDown = BiasRunsDown, Relu = Relu, Scale = Scale,
            Gate = Gate, GateScale = GateScale,
        };
        if (packed)
            products.Multiply(A.View, products.Pack(B.View, into), c, epilogue);
        else
            products.Multiply(A.View, B.View, c, epilogue);
        return target;
    }

    public override string ToString() =>
        $"[{M}, {K}] x [{K}, {N}] A {A} B {B} C rows {TargetRows.Length} columns {TargetColumns.Length} "
        + $"accumulate {Accumulate} bias {Bias.Length} down {BiasRunsDown} relu {Relu} scale {Scale} "
        + $"gate {Gate.Length} gate scale {GateScale}";

    private int[] DrawIndex(int count, out int extent)
    {
        var index = _random.Next(3) == 0 ? Operand.Ascending(_random, count) : [];
        extent = index.Length == 0 ? count : index[^1] + 1;
        return index;
    }
}

using ClusterTrain.Numerics.Tensors;
using MathNet.Numerics;
using MathNet.Numerics.Providers.LinearAlgebra;
using MathNet.Numerics.Providers.MKL;
using MathNet.Numerics.Providers.MKL.LinearAlgebra;

namespace ClusterTrain.Numerics.Products.Mkl;

/// <summary>
/// MKL as Math.NET's provider brings it along: linked into a library of its own, which takes whole arrays in column-major
/// order and tells neither stride nor branch. Compiled where the package can be restored.
/// </summary>
/// <remarks>The arrays are copies, one set a thread and size, so that a steady state allocates nothing.</remarks>
internal sealed unsafe class MathNetGemm : IGemm
{
    private static readonly Lazy<MathNetGemm?> Loaded = new(Load);

    [ThreadStatic]
    private static Dictionary<(int Slot, int Length), float[]>? _arrays;

    private readonly ILinearAlgebraProvider _provider;

    private MathNetGemm(ILinearAlgebraProvider provider, MklBranch branch)
    {
        _provider = provider;
        Identity = new MathIdentity("mkl", "", IsBitPortable: false);
        Identity = Identity with { Version = $"{Version(MklProvider.Describe())} {branch.Name} {KernelProbe.Of(this)}" };
    }

    /// <summary>Null where the provider finds no native library.</summary>
    public static MathNetGemm? Shared => Loaded.Value;

    public MathIdentity Identity { get; }

    public bool NeedsOwnMemory => true;

    // Read in column-major order, a row-major matrix is its transpose: C^t = B^t A^t.
    public void Multiply(ProductSize size, in GemmFactor a, in GemmFactor b, float* c, int cStride, bool accumulate)
    {
        var (left, right) = (Copy(0, b.Floats, size.Depth * size.Columns), Copy(1, a.Floats, size.Rows * size.Depth));
        var result = Array(2, size.Rows * size.Columns);
        var target = new Span<float>(c, result.Length);
        if (accumulate) target.CopyTo(result);
        _provider.MatrixMultiplyWithUpdate(
            Order(b), Order(a), 1f,
            left, b.Transposed ? size.Depth : size.Columns, b.Transposed ? size.Columns : size.Depth,
            right, a.Transposed ? size.Rows : size.Depth, a.Transposed ? size.Depth : size.Rows,
            accumulate ? 1f : 0f, result);
        result.CopyTo(target);
    }

    /// <summary><c>Intel MKL (x64; revision 15; MKL 2023.1)</c> to <c>2023.1-mathnet</c>.</summary>
    internal static string Version(string description) =>
        description.TrimEnd(')').Split("MKL ")[^1].Replace(' ', '-') + "-mathnet";

    private static Transpose Order(in GemmFactor factor) => factor.Transposed ? Transpose.Transpose : Transpose.DontTranspose;

    private static float[] Copy(int slot, float* from, int length)
    {
        var array = Array(slot, length);
        new Span<float>(from, length).CopyTo(array);
        return array;
    }

    // The provider wants a result of exactly its size.
    private static float[] Array(int slot, int length)
    {
        _arrays ??= [];
        if (!_arrays.TryGetValue((slot, length), out var array))
            _arrays[(slot, length)] = array = GC.AllocateUninitializedArray<float>(length, pinned: true);
        return array;
    }

    private static MathNetGemm? Load()
    {
        // The provider passes this on as MKL's number of threads.
        Control.MaxDegreeOfParallelism = 1;
        var branch = MklBranch.Automatic;
        var provider = MklLinearAlgebraControl.CreateNativeMKL((MklConsistency)branch.Code);
        if (!provider.IsAvailable()) return null;
        provider.InitializeVerify();
        return new MathNetGemm(provider, branch);
    }
}

using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace ClusterTrain.Numerics.Products.Mkl;

/// <summary>
/// <c>cblas_sgemm</c> of <c>mkl_rt</c>, loaded once a process and bound, before any other call, to one thread and one
/// branch of reproducibility.
/// </summary>
/// <remarks>
/// MKL's own packing of a factor is left out: it must be told the height of the other factor, and measures no faster.
/// </remarks>
internal sealed unsafe partial class MklGemm : IGemm
{
    private const int Lp64 = 0;
    private const int Sequential = 1;
    private const int RowMajor = 101;
    private const int AsStored = 111;
    private const int Exchanged = 112;

    private readonly delegate* unmanaged[Cdecl]<
        int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void> _sgemm;

    private readonly delegate* unmanaged[Cdecl]<int> _maxThreads;

    /// <param name="library">As loaded; nobody may have called it.</param>
    /// <exception cref="MklMissingException">It lacks a function.</exception>
    public MklGemm(nint library)
    {
        // Its own threads would need an OpenMP library, and would add in an order of their own.
        var threading = (delegate* unmanaged[Cdecl]<int, int>)Export(library, "MKL_Set_Threading_Layer");
        var interfaces = (delegate* unmanaged[Cdecl]<int, int>)Export(library, "MKL_Set_Interface_Layer");
        var threads = (delegate* unmanaged[Cdecl]<int, void>)Export(library, "MKL_Set_Num_Threads");
        _maxThreads = (delegate* unmanaged[Cdecl]<int>)Export(library, "MKL_Get_Max_Threads");
        _sgemm = (delegate* unmanaged[Cdecl]<
            int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void>)Export(library, "cblas_sgemm");
        var setBranch = (delegate* unmanaged[Cdecl]<int, int>)Export(library, "MKL_CBWR_Set");
        _ = threading(Sequential);
        _ = interfaces(Lp64);
        var branch = MklBranch.Wanted.FirstOrDefault(wanted => setBranch(wanted.Code) == 0)
            ?? throw new MklMissingException("the one found refuses every branch of reproducibility");
        NeedsOwnMemory = !branch.IsStrict;
        threads(1);
        Identity = new MathIdentity("mkl", "", IsBitPortable: false);
        Identity = Identity with { Version = $"{Version(library)} {branch.Name} {KernelProbe.Of(this)}" };
    }

    public MathIdentity Identity { get; }

    public bool NeedsOwnMemory { get; }

    /// <summary>Threads MKL would use for a call.</summary>
    public int MaxThreads => _maxThreads();

    public void Multiply(ProductSize size, in GemmFactor a, in GemmFactor b, float* c, int cStride, bool accumulate) =>
        _sgemm(
            RowMajor, a.Transposed ? Exchanged : AsStored, b.Transposed ? Exchanged : AsStored,
            size.Rows, size.Columns, size.Depth, 1f, a.Floats, a.Stride, b.Floats, b.Stride, accumulate ? 1f : 0f, c, cStride);

    /// <summary>The version and build out of MKL's sentence about itself: <c>2020.0.4-20200917</c>.</summary>
    internal static string Condense(string sentence)
    {
        var match = VersionPattern().Match(sentence);
        return match.Success
            ? $"{match.Groups["version"].Value}-{match.Groups["build"].Value}"
            : string.Join('-', sentence.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    private static string Version(nint library)
    {
        var text = stackalloc byte[256];
        new Span<byte>(text, 256).Clear();
        ((delegate* unmanaged[Cdecl]<byte*, int, void>)Export(library, "MKL_Get_Version_String"))(text, 255);
        return Condense(Encoding.ASCII.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text)).Trim());
    }

    private static nint Export(nint library, string name) => NativeLibrary.TryGetExport(library, name, out var address)
        ? address
        : throw new MklMissingException($"the one found has no function {name}");

    [GeneratedRegex(@"Version (?<version>[0-9.]+).* Build (?<build>[0-9]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex VersionPattern();
}

using System.Runtime.Intrinsics.X86;
using System.Text;

namespace ClusterTrain.Numerics.Products.Mkl;

/// <summary>A branch of MKL's conditional numerical reproducibility: which code computes, and how bound its bits are.</summary>
/// <param name="Code">What MKL calls it.</param>
/// <param name="Name">What we call it; part of the fingerprint.</param>
/// <param name="IsStrict">Whether bits do not depend on where operands lie.</param>
internal sealed record MklBranch(int Code, string Name, bool IsStrict)
{
    private const int Strict = 0x10000;
    private const int Auto = 2;
    private const int Compatible = 3;
    private const int Avx2 = 10;

    /// <summary>The strict branch that every processor has.</summary>
    public static MklBranch Automatic { get; } = new(Auto | Strict, "auto-strict:" + Processor(), IsStrict: true);

    /// <summary>
    /// In the order they are tried. AVX2 is the same code on every processor that has it, but MKL refuses it on those
    /// that Intel did not make; there <c>auto</c> lets it choose by processor, which then belongs to the name. Older
    /// versions know no strict branches, and bits of the others depend on alignment. <c>compatible</c> always exists,
    /// at a third of the speed.
    /// </summary>
    public static IReadOnlyList<MklBranch> Wanted { get; } =
    [
        new(Avx2 | Strict, "avx2-strict", IsStrict: true),
        Automatic,
        new(Avx2, "avx2", IsStrict: false),
        new(Auto, "auto:" + Processor(), IsStrict: false),
        new(Compatible, "compatible", IsStrict: false),
    ];

    /// <summary>Vendor, family and model, such as <c>AuthenticAMD-26-2</c>.</summary>
    private static string Processor()
    {
        if (!X86Base.IsSupported) return "unknown";
        var (_, b, c, d) = X86Base.CpuId(0, 0);
        var vendor = string.Concat(new[] { b, d, c }.Select(part => Encoding.ASCII.GetString(BitConverter.GetBytes(part))));
        var (signature, _, _, _) = X86Base.CpuId(1, 0);
        var family = (signature >> 8) & 0xf;
        var model = (signature >> 4) & 0xf;
        if (family is 6 or 15) model |= (signature >> 12) & 0xf0;
        if (family == 15) family += (signature >> 20) & 0xff;
        return $"{vendor.Trim('\0', ' ')}-{family}-{model}";
    }
}

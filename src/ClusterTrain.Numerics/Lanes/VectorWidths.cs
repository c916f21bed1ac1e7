using System.Runtime.Intrinsics;

namespace ClusterTrain.Numerics.Lanes;

/// <summary>Which vector widths this processor runs in hardware, and how users name them.</summary>
public static class VectorWidths
{
    /// <summary>The widest that is fast here.</summary>
    public static VectorWidth Best =>
        IsSupported(VectorWidth.Bits512) ? VectorWidth.Bits512
        : IsSupported(VectorWidth.Bits256) ? VectorWidth.Bits256
        : IsSupported(VectorWidth.Bits128) ? VectorWidth.Bits128
        : VectorWidth.Scalar;

    public static IReadOnlyList<VectorWidth> Supported =>
        [.. Enum.GetValues<VectorWidth>().Where(IsSupported)];

    public static bool IsSupported(VectorWidth width) => width switch
    {
        VectorWidth.Scalar => true,
        VectorWidth.Bits128 => Vector128.IsHardwareAccelerated,
        VectorWidth.Bits256 => Vector256.IsHardwareAccelerated,
        VectorWidth.Bits512 => Vector512.IsHardwareAccelerated,
        _ => false,
    };

    /// <summary>Reads <c>512</c>, <c>256</c>, <c>128</c> or <c>scalar</c>.</summary>
    /// <exception cref="FormatException">Any other text.</exception>
    public static VectorWidth Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Trim().ToUpperInvariant() switch
        {
            "512" => VectorWidth.Bits512,
            "256" => VectorWidth.Bits256,
            "128" => VectorWidth.Bits128,
            "SCALAR" => VectorWidth.Scalar,
            _ => throw new FormatException($"Vector width '{text}' is not one of 512, 256, 128, scalar."),
        };
    }
}

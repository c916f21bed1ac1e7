using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace ClusterTrain.Numerics.Products;

/// <summary>The shuffles of a 4 by 4 transposition, one instruction each on x64 and ARM64.</summary>
internal static class BlockTransposition
{
    /// <summary>(l0, r0, l1, r1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> ZipLow(Vector128<float> left, Vector128<float> right) =>
        Sse.IsSupported ? Sse.UnpackLow(left, right)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(left, right)
        : Vector128.Create(left[0], right[0], left[1], right[1]);

    /// <summary>(l2, r2, l3, r3).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> ZipHigh(Vector128<float> left, Vector128<float> right) =>
        Sse.IsSupported ? Sse.UnpackHigh(left, right)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(left, right)
        : Vector128.Create(left[2], right[2], left[3], right[3]);

    /// <summary>(l0, l1, r0, r1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> JoinLow(Vector128<float> left, Vector128<float> right) =>
        Sse.IsSupported ? Sse.MoveLowToHigh(left, right)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(left.AsDouble(), right.AsDouble()).AsSingle()
        : Vector128.Create(left[0], left[1], right[0], right[1]);

    /// <summary>(l2, l3, r2, r3).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> JoinHigh(Vector128<float> left, Vector128<float> right) =>
        Sse.IsSupported ? Sse.MoveHighToLow(right, left)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(left.AsDouble(), right.AsDouble()).AsSingle()
        : Vector128.Create(left[2], left[3], right[2], right[3]);
}

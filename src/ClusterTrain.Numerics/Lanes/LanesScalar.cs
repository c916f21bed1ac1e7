using System.Runtime.CompilerServices;

namespace ClusterTrain.Numerics.Lanes;

/// <summary>One lane: plain scalar code. Runs everywhere, and finishes the tails of vector loops.</summary>
internal readonly unsafe struct LanesScalar : ILanes<float>
{
    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Load(float* source) => *source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float value, float* target) => *target = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Broadcast(float value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Add(float left, float right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Subtract(float left, float right) => left - right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Multiply(float left, float right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float FusedMultiplyAdd(float left, float right, float addend) =>
        MathF.FusedMultiplyAdd(left, right, addend);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float LessThanOrEqual(float left, float right) => Mask(left <= right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float LessThan(float left, float right) => Mask(left < right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Select(float mask, float yes, float no) => Bits(mask) != 0 ? yes : no;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float AddBits(float value, int addend) => Float(unchecked(Bits(value) + addend));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float SubtractBits(float left, float right) => Float(unchecked(Bits(left) - Bits(right)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ShiftBitsLeft(float value, int count) => Float(Bits(value) << count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ShiftBitsRight(float value, int count) => Float(Bits(value) >> count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float IntegerToFloat(float bits) => Bits(bits);

    private static float Mask(bool holds) => Float(holds ? -1 : 0);

    private static int Bits(float value) => BitConverter.SingleToInt32Bits(value);

    private static float Float(int bits) => BitConverter.Int32BitsToSingle(bits);
}

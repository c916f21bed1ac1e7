namespace ClusterTrain.Runs.Safetensors;

/// <summary>The element types of safetensors that are read and written here, named as in the file.</summary>
public enum ElementType
{
    F32,
    F64,
    I64,
    I32,
    U8,
    F16,
    BF16,
}

internal static class ElementTypes
{
    public static int Bytes(this ElementType type) => type switch
    {
        ElementType.F64 or ElementType.I64 => 8,
        ElementType.F32 or ElementType.I32 => 4,
        ElementType.F16 or ElementType.BF16 => 2,
        _ => 1,
    };

    /// <summary>The type that holds <typeparamref name="T"/>.</summary>
    /// <exception cref="NotSupportedException">None does.</exception>
    public static ElementType Of<T>() => Type.GetTypeCode(typeof(T)) switch
    {
        TypeCode.Single => ElementType.F32,
        TypeCode.Double => ElementType.F64,
        TypeCode.Int64 => ElementType.I64,
        TypeCode.Int32 => ElementType.I32,
        TypeCode.Byte => ElementType.U8,
        _ when typeof(T) == typeof(Half) => ElementType.F16,
        _ when typeof(T) == typeof(BFloat16) => ElementType.BF16,
        _ => throw new NotSupportedException($"safetensors elements of type {typeof(T).Name}"),
    };
}

/// <summary>The upper half of a single-precision number, as it stands in files.</summary>
public readonly record struct BFloat16(ushort Bits)
{
    public float ToSingle() => BitConverter.UInt32BitsToSingle((uint)Bits << 16);
}

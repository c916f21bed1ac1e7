using System.Buffers.Binary;

namespace ClusterTrain.Training.Data.Sources;

/// <summary>How one number lies in a file.</summary>
internal enum NumberKind
{
    Bool,
    UInt8,
    Int8,
    UInt16,
    Int16,
    UInt32,
    Int32,
    UInt64,
    Int64,
    Float16,
    Float32,
    Float64,
}

/// <summary>Reads numbers of any kind and byte order.</summary>
internal static class NumberKinds
{
    public static int Size(this NumberKind kind) => kind switch
    {
        NumberKind.Bool or NumberKind.UInt8 or NumberKind.Int8 => 1,
        NumberKind.UInt16 or NumberKind.Int16 or NumberKind.Float16 => 2,
        NumberKind.UInt32 or NumberKind.Int32 or NumberKind.Float32 => 4,
        _ => 8,
    };

    public static bool IsInteger(this NumberKind kind) => kind < NumberKind.Float16;

    /// <summary>All numbers of a stretch of bytes; each is rounded to the nearest double.</summary>
    /// <param name="from">A whole number of numbers.</param>
    /// <param name="to">One a number.</param>
    public static void Decode(this NumberKind kind, ReadOnlySpan<byte> from, bool isBigEndian, Span<double> to)
    {
        var size = kind.Size();
        for (var i = 0; i < to.Length; i++) to[i] = One(kind, from.Slice(i * size, size), isBigEndian);
    }

    private static double One(NumberKind kind, ReadOnlySpan<byte> at, bool big) => kind switch
    {
        NumberKind.Bool => at[0] == 0 ? 0 : 1,
        NumberKind.UInt8 => at[0],
        NumberKind.Int8 => (sbyte)at[0],
        NumberKind.UInt16 => big ? BinaryPrimitives.ReadUInt16BigEndian(at) : BinaryPrimitives.ReadUInt16LittleEndian(at),
        NumberKind.Int16 => big ? BinaryPrimitives.ReadInt16BigEndian(at) : BinaryPrimitives.ReadInt16LittleEndian(at),
        NumberKind.UInt32 => big ? BinaryPrimitives.ReadUInt32BigEndian(at) : BinaryPrimitives.ReadUInt32LittleEndian(at),
        NumberKind.Int32 => big ? BinaryPrimitives.ReadInt32BigEndian(at) : BinaryPrimitives.ReadInt32LittleEndian(at),
        NumberKind.UInt64 => big ? BinaryPrimitives.ReadUInt64BigEndian(at) : BinaryPrimitives.ReadUInt64LittleEndian(at),
        NumberKind.Int64 => big ? BinaryPrimitives.ReadInt64BigEndian(at) : BinaryPrimitives.ReadInt64LittleEndian(at),
        NumberKind.Float16 => (double)(big ? BinaryPrimitives.ReadHalfBigEndian(at) : BinaryPrimitives.ReadHalfLittleEndian(at)),
        NumberKind.Float32 => big ? BinaryPrimitives.ReadSingleBigEndian(at) : BinaryPrimitives.ReadSingleLittleEndian(at),
        _ => big ? BinaryPrimitives.ReadDoubleBigEndian(at) : BinaryPrimitives.ReadDoubleLittleEndian(at),
    };
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ClusterTrain.Runs.Import;

/// <summary>
/// A tensor as it lies in a model file: its size was compared with its bytes, which stay those of the file until its numbers are
/// asked for.
/// </summary>
/// <param name="Shape">Sides, each 0 or more; empty for a single number.</param>
/// <param name="Type">Number of the element type, as in onnx.proto3.</param>
/// <param name="Raw">Elements in a row, little-endian; empty where there are <paramref name="Listed"/> ones.</param>
/// <param name="Listed">Whole numbers in packed lists.</param>
internal sealed record StoredTensor(string Name, IReadOnlyList<int> Shape, int Type, ReadOnlyMemory<byte> Raw, IReadOnlyList<WireField> Listed)
{
    private const int Single = 1;
    private const int Int32 = 6;
    private const int Int64 = 7;
    private const int Half = 10;
    private const int Double = 11;
    private const int BrainHalf = 16;
    private const int External = 1;

    // More than any shape or list of axes has.
    private const int MostWholes = 4096;

    public bool IsWhole => Type is Int32 or Int64;

    /// <summary>Elements.</summary>
    public int Count => Shape.Aggregate(1, (product, side) => product * side);

    /// <exception cref="InvalidDataException">It is not what it says, or of a kind that is not read.</exception>
    public static StoredTensor Of(ReadOnlyMemory<byte> message)
    {
        var (name, type, sides) = ("", 0, new List<long>());
        var (raw, listed) = (new List<ReadOnlyMemory<byte>>(), new List<WireField>());
        foreach (var field in WireField.Of(message))
        {
            switch (field.Number)
            {
                case 1: sides.AddRange(field.Wholes().Take(9)); break;
                case 2: type = (int)field.Value; break;
                case 4 or 9 or 10 when field.Kind == WireKind.Delimited: raw.Add(field.Bytes); break;
                case 4 or 10: throw new InvalidDataException($"tensor '{name}' is written number by number and not as one list");
                case 5 or 7: listed.Add(field); break;
                case 8: name = field.Text(); break;
                case 13: throw Elsewhere(name);
                case 14 when field.Value == External: throw Elsewhere(name);
                default: break;
            }
        }

        return new StoredTensor(name, Sides(name, sides), type, raw.Count == 1 ? raw[0] : default, listed).Checked(raw.Count);
    }

    /// <summary>The elements of a floating-point tensor, row-major.</summary>
    public float[] Floats()
    {
        var values = new float[Count];
        var bytes = Raw.Span;
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Type switch
            {
                Single => BinaryPrimitives.ReadSingleLittleEndian(bytes[(4 * i)..]),
                Double => (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes[(8 * i)..]),
                Half => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes[(2 * i)..]),
                _ => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]) << 16),
            };
        }

        return values;
    }

    /// <summary>The elements of a tensor of whole numbers.</summary>
    public long[] Wholes()
    {
        var raw = Raw;
        return Listed.Count > 0 ? [.. Listed.SelectMany(field => field.Wholes()).Take(Count)]
            : Type == Int64 ? MemoryMarshal.Cast<byte, long>(raw.Span).ToArray()
            : [.. MemoryMarshal.Cast<byte, int>(raw.Span).ToArray().Select(value => (long)value)];
    }

    private static int[] Sides(string name, List<long> sides)
    {
        var product = 1L;
        foreach (var side in sides)
        {
            if (side is < 0 or > int.MaxValue || (product *= Math.Max(side, 1)) > int.MaxValue)
                throw new InvalidDataException($"tensor '{name}' is [{string.Join(", ", sides)}], which is no size");
        }

        return sides.Count > 8 ? throw new InvalidDataException($"tensor '{name}' has more than 8 sides") : [.. sides.Select(side => (int)side)];
    }

    private static InvalidDataException Elsewhere(string name) => new(
        $"the numbers of tensor '{name}' are in a file of their own (external data), which is not read; allowed: a model in one file");

    private StoredTensor Checked(int lists)
    {
        var size = Type switch
        {
            Single => 4, Half or BrainHalf => 2, Double or Int64 => 8, Int32 => 4,
            _ => throw new InvalidDataException(
                $"tensor '{Name}' has elements of type {Type} of the format; allowed: FLOAT, DOUBLE, FLOAT16, BFLOAT16, INT32, INT64"),
        };
        if (lists > 1) throw new InvalidDataException($"tensor '{Name}' has its numbers {lists} times");
        if (IsWhole && Count > MostWholes) throw new InvalidDataException($"tensor '{Name}' has {Count} whole numbers; at most {MostWholes} are read");
        var there = Listed.Count == 0 ? Raw.Length : IsWhole && lists == 0 ? (long)Listed.SelectMany(field => field.Wholes()).Take(Count + 1).Count() * size : -1;
        return there == (long)Count * size ? this : throw new InvalidDataException(
            $"tensor '{Name}' of [{string.Join(", ", Shape)}] has {(long)Count * size} bytes by its size and {there} in the file");
    }
}

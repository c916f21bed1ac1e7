using System.Buffers.Binary;
using System.Text;

namespace ClusterTrain.Runs.Import;

/// <summary>
/// One field of a message in the wire format of Protocol Buffers (protobuf.dev/programming-guides/encoding). Nothing is copied: the
/// bytes are those of the file.
/// </summary>
/// <param name="Number">As in the message's description.</param>
/// <param name="Value">Of a varint, or of 32 or 64 bits.</param>
/// <param name="Bytes">Of text, of a message inside, or of a packed list.</param>
/// <param name="Kind">Wire type.</param>
internal readonly record struct WireField(int Number, ulong Value, ReadOnlyMemory<byte> Bytes, WireKind Kind)
{
    private const int LongestVarint = 10;

    /// <summary>The fields of a message in their order.</summary>
    /// <exception cref="InvalidDataException">The bytes are no message.</exception>
    public static IEnumerable<WireField> Of(ReadOnlyMemory<byte> message)
    {
        for (var at = 0; at < message.Length;)
        {
            var tag = Varint(message.Span, ref at);
            var (number, kind) = ((int)Math.Min(tag >> 3, int.MaxValue), (WireKind)(tag & 7));
            switch (kind)
            {
                case WireKind.Varint:
                    yield return new(number, Varint(message.Span, ref at), default, kind);
                    break;
                case WireKind.Delimited:
                    var bytes = Slice(message, Varint(message.Span, ref at), ref at);
                    yield return new(number, 0, bytes, kind);
                    break;
                case WireKind.Bits32:
                    yield return new(number, BinaryPrimitives.ReadUInt32LittleEndian(Slice(message, sizeof(uint), ref at).Span), default, kind);
                    break;
                case WireKind.Bits64:
                    yield return new(number, BinaryPrimitives.ReadUInt64LittleEndian(Slice(message, sizeof(ulong), ref at).Span), default, kind);
                    break;
                default:
                    throw new InvalidDataException($"field {number} has wire type {(int)kind}, which no message has");
            }
        }
    }

    public string Text() => Encoding.UTF8.GetString(Bytes.Span);

    public float Real() => BitConverter.UInt32BitsToSingle((uint)Value);

    /// <summary>Whole numbers: this one, or those of a packed list.</summary>
    public IEnumerable<long> Wholes()
    {
        if (Kind != WireKind.Delimited)
        {
            yield return (long)Value;
            yield break;
        }

        for (var at = 0; at < Bytes.Length;) yield return (long)Varint(Bytes.Span, ref at);
    }

    private static ReadOnlyMemory<byte> Slice(ReadOnlyMemory<byte> message, ulong length, ref int at)
    {
        if (length > (ulong)(message.Length - at))
            throw new InvalidDataException($"{length} bytes are announced where {message.Length - at} are left: the file was cut or changed");
        var slice = message.Slice(at, (int)length);
        at += (int)length;
        return slice;
    }

    /// <summary>Seven bits a byte, lowest first, the top bit saying that more follow.</summary>
    private static ulong Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        var value = 0UL;
        for (var i = 0; i < LongestVarint && at < bytes.Length; i++)
        {
            var next = bytes[at++];
            value |= (ulong)(next & 0x7F) << (7 * i);
            if (next < 0x80) return value;
        }

        throw new InvalidDataException("a number does not end: the file was cut or changed");
    }
}

/// <summary>How a field's value lies on the wire.</summary>
internal enum WireKind
{
    Varint = 0,
    Bits64 = 1,
    Delimited = 2,
    Bits32 = 5,
}

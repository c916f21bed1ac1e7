using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace ClusterTrain.Runs.Export.Onnx;

/// <summary>
/// Writes one message in the wire format of Protocol Buffers (protobuf.dev/programming-guides/encoding): each field is a
/// tag, number * 8 + wire type, and a value. Only the kinds that ONNX needs here: varint (0), length-delimited (2) and 32 bits (5).
/// </summary>
internal sealed class ProtoWriter
{
    private const int Varint = 0;
    private const int Delimited = 2;
    private const int Bits32 = 5;
    private readonly ArrayBufferWriter<byte> _buffer = new();

    public ReadOnlySpan<byte> Bytes => _buffer.WrittenSpan;

    public ProtoWriter Number(int field, long value)
    {
        Tag(field, Varint);
        Raw((ulong)value);
        return this;
    }

    public ProtoWriter Single(int field, float value)
    {
        Tag(field, Bits32);
        BinaryPrimitives.WriteSingleLittleEndian(_buffer.GetSpan(sizeof(float)), value);
        _buffer.Advance(sizeof(float));
        return this;
    }

    public ProtoWriter Text(int field, string value) => Blob(field, Encoding.UTF8.GetBytes(value));

    public ProtoWriter Blob(int field, ReadOnlySpan<byte> value)
    {
        Tag(field, Delimited);
        Raw((ulong)value.Length);
        _buffer.Write(value);
        return this;
    }

    /// <summary>Floats as raw little-endian bytes, which is how a tensor's <c>raw_data</c> has them.</summary>
    public ProtoWriter Floats(int field, ReadOnlySpan<float> values) => BitConverter.IsLittleEndian
        ? Blob(field, MemoryMarshal.AsBytes(values))
        : throw new PlatformNotSupportedException("ONNX tensors are little-endian and this machine is not");

    public ProtoWriter Message(int field, Action<ProtoWriter> write)
    {
        var inner = new ProtoWriter();
        write(inner);
        return Blob(field, inner.Bytes);
    }

    private void Tag(int field, int wireType) => Raw(((ulong)field << 3) | (uint)wireType);

    /// <summary>Seven bits a byte, lowest first, the top bit saying that more follow.</summary>
    private void Raw(ulong value)
    {
        var span = _buffer.GetSpan(10);
        var length = 0;
        for (; value >= 0x80; value >>= 7) span[length++] = (byte)(value | 0x80);
        span[length++] = (byte)value;
        _buffer.Advance(length);
    }
}

using System.Text;

namespace ClusterTrain.Runs.Tests.Export;

/// <summary>A message of Protocol Buffers, decoded by the letter of the wire format and without a schema.</summary>
internal sealed class ProtoReader
{
    private readonly List<(int Field, ulong Number, byte[]? Bytes)> _fields = [];

    public ProtoReader(ReadOnlySpan<byte> bytes)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var tag = Varint(bytes, ref at);
            var field = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    _fields.Add((field, Varint(bytes, ref at), null));
                    break;
                case 5:
                    _fields.Add((field, 0, bytes.Slice(at, sizeof(float)).ToArray()));
                    at += sizeof(float);
                    break;
                case 2:
                    var length = (int)Varint(bytes, ref at);
                    _fields.Add((field, 0, bytes.Slice(at, length).ToArray()));
                    at += length;
                    break;
                default:
                    throw new InvalidDataException($"wire type {tag & 7} of field {field}");
            }
        }
    }

    public IReadOnlyList<long> Numbers(int field) => [.. _fields.Where(found => found.Field == field && found.Bytes is null).Select(found => (long)found.Number)];

    public long Number(int field) => Assert.Single(Numbers(field));

    public IReadOnlyList<byte[]> Blobs(int field) => [.. _fields.Where(found => found.Field == field).Select(found => found.Bytes).OfType<byte[]>()];

    public IReadOnlyList<string> Texts(int field) => [.. Blobs(field).Select(Encoding.UTF8.GetString)];

    public float Single(int field) => BitConverter.ToSingle(Assert.Single(Blobs(field)));

    public string Text(int field) => Assert.Single(Texts(field));

    public IReadOnlyList<ProtoReader> Messages(int field) => [.. Blobs(field).Select(bytes => new ProtoReader(bytes))];

    public ProtoReader Message(int field) => Assert.Single(Messages(field));

    private static ulong Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        var (value, shift) = (0UL, 0);
        while (true)
        {
            var next = bytes[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
            shift += 7;
        }
    }
}

using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace ClusterTrain.Runs.Safetensors;

/// <summary>
/// Writes the safetensors format: u64 header length, JSON header, raw little-endian data. The same input gives the same
/// bytes: tensors stand in the given order, metadata keys in ordinal order, the header is padded to 8 with spaces.
/// </summary>
internal static class SafetensorsWriter
{
    /// <summary>Streams the tensors' own memory, without a copy.</summary>
    /// <exception cref="ArgumentException">Two tensors have one name, or a name is reserved.</exception>
    public static void Write(
        Stream target, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<NamedTensor> tensors)
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("safetensors are little-endian and this machine is not");
        var header = Header(metadata, tensors);
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        target.Write(length);
        target.Write(header);
        foreach (var tensor in tensors)
            target.Write(tensor.Bytes);
    }

    private static ReadOnlySpan<byte> Header(
        IReadOnlyDictionary<string, string> metadata, IReadOnlyList<NamedTensor> tensors)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            WriteMetadata(json, metadata);
            WriteTensors(json, tensors);
            json.WriteEndObject();
        }

        var padding = -buffer.WrittenCount & 7;
        buffer.GetSpan(8)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        return buffer.WrittenSpan;
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.Count == 0)
            return;
        json.WriteStartObject(SafetensorsHeader.MetadataKey);
        foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static void WriteTensors(Utf8JsonWriter json, IReadOnlyList<NamedTensor> tensors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal) { SafetensorsHeader.MetadataKey };
        var offset = 0L;
        foreach (var tensor in tensors)
        {
            if (!names.Add(tensor.Name))
                throw new ArgumentException($"the tensor name {tensor.Name} is taken", nameof(tensors));
            var end = offset + tensor.Bytes.Length;
            json.WriteStartObject(tensor.Name);
            json.WriteString("dtype"u8, tensor.Type.ToString());
            json.WriteStartArray("shape"u8);
            foreach (var side in tensor.Shape)
                json.WriteNumberValue(side);
            json.WriteEndArray();
            json.WriteStartArray("data_offsets"u8);
            json.WriteNumberValue(offset);
            json.WriteNumberValue(end);
            json.WriteEndArray();
            json.WriteEndObject();
            offset = end;
        }
    }
}

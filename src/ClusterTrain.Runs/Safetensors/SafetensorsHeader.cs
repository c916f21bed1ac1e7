using System.Text.Json;

namespace ClusterTrain.Runs.Safetensors;

/// <summary>One tensor as the header describes it; offsets in bytes from the end of the header.</summary>
internal sealed record TensorEntry(string Name, ElementType Type, int[] Shape, long Begin, long End);

/// <summary>The JSON header of a safetensors file, checked: what it promises about the data holds for a file of this size.</summary>
internal sealed record SafetensorsHeader(IReadOnlyDictionary<string, string> Metadata, IReadOnlyList<TensorEntry> Tensors)
{
    public const string MetadataKey = "__metadata__";

    /// <param name="file">Name for messages.</param>
    /// <param name="dataLength">Bytes that follow the header.</param>
    /// <returns>Tensors in the order of their data.</returns>
    /// <exception cref="SafetensorsException">Anything is malformed.</exception>
    public static SafetensorsHeader Parse(string file, ReadOnlyMemory<byte> json, long dataLength)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var parser = new Parser(file);
            var header = parser.Header(document.RootElement);
            parser.CheckLayout(header.Tensors, dataLength);
            return header;
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: names that are not valid UTF-8 or hold half a surrogate pair.
            throw new SafetensorsException($"{file}: the header is not well-formed JSON: {failure.Message}", failure);
        }
    }

    private readonly struct Parser(string file)
    {
        public SafetensorsHeader Header(JsonElement root)
        {
            if (root.ValueKind != JsonValueKind.Object)
                throw Malformed("the header is not a JSON object");
            var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
            var names = new HashSet<string>(StringComparer.Ordinal);
            var tensors = new List<TensorEntry>();
            foreach (var property in root.EnumerateObject())
            {
                if (!names.Add(property.Name))
                    throw Malformed($"the name {property.Name} occurs twice");
                if (property.Name == MetadataKey)
                    ReadMetadata(property.Value, metadata);
                else
                    tensors.Add(Tensor(property.Name, property.Value));
            }

            return new SafetensorsHeader(metadata, [.. tensors.OrderBy(t => t.Begin).ThenBy(t => t.End)]);
        }

        /// <summary>The data is used from its first byte to its last, each by one tensor.</summary>
        public void CheckLayout(IReadOnlyList<TensorEntry> tensors, long dataLength)
        {
            var expected = 0L;
            foreach (var tensor in tensors)
            {
                if (tensor.End > dataLength)
                {
                    throw Malformed(
                        $"tensor {tensor.Name} ends at byte {tensor.End} of data, but the file has only {dataLength}");
                }

                if (tensor.Begin < expected)
                    throw Malformed($"tensor {tensor.Name} overlaps the one before: it begins at {tensor.Begin}, not {expected}");
                if (tensor.Begin > expected)
                    throw Malformed($"tensor {tensor.Name} leaves a gap: it begins at {tensor.Begin}, not {expected}");
                expected = tensor.End;
            }

            if (expected != dataLength)
                throw Malformed($"{dataLength - expected} trailing bytes belong to no tensor");
        }

        private void ReadMetadata(JsonElement value, Dictionary<string, string> metadata)
        {
            if (value.ValueKind != JsonValueKind.Object)
                throw Malformed($"{MetadataKey} is not an object");
            foreach (var entry in value.EnumerateObject())
            {
                if (entry.Value.ValueKind != JsonValueKind.String)
                    throw Malformed($"{MetadataKey}: the value of {entry.Name} is not a string");
                if (!metadata.TryAdd(entry.Name, entry.Value.GetString()!))
                    throw Malformed($"{MetadataKey}: {entry.Name} occurs twice");
            }
        }

        private TensorEntry Tensor(string name, JsonElement value)
        {
            if (value.ValueKind != JsonValueKind.Object)
                throw Malformed($"tensor {name}: its description is not an object");
            ElementType? type = null;
            int[]? shape = null;
            long[]? offsets = null;
            foreach (var field in value.EnumerateObject())
            {
                switch (field.Name)
                {
                    case "dtype" when type is null:
                        type = Type(name, field.Value);
                        break;
                    case "shape" when shape is null:
                        shape = [.. Numbers(name, field, int.MaxValue).Select(side => (int)side)];
                        break;
                    case "data_offsets" when offsets is null:
                        offsets = Numbers(name, field, long.MaxValue);
                        break;
                    default:
                        throw Malformed($"tensor {name}: the field {field.Name} is unknown or occurs twice");
                }
            }

            if (type is null || shape is null || offsets is null)
                throw Malformed($"tensor {name}: dtype, shape or data_offsets is missing");
            if (offsets.Length != 2 || offsets[1] < offsets[0])
                throw Malformed($"tensor {name}: data_offsets are not a begin and an end");
            CheckSize(name, type.Value, shape, offsets[1] - offsets[0]);
            return new TensorEntry(name, type.Value, shape, offsets[0], offsets[1]);
        }

        private ElementType Type(string name, JsonElement value)
        {
            var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
            var known = Enum.GetNames<ElementType>();
            if (!known.Contains(text, StringComparer.Ordinal))
                throw Malformed($"tensor {name}: dtype {text} is not supported; supported are {string.Join(", ", known)}");
            return Enum.Parse<ElementType>(text);
        }

        private long[] Numbers(string name, JsonProperty field, long max)
        {
            if (field.Value.ValueKind != JsonValueKind.Array)
                throw Malformed($"tensor {name}: {field.Name} is not a list of numbers");
            var numbers = new long[field.Value.GetArrayLength()];
            for (var i = 0; i < numbers.Length; i++)
            {
                var element = field.Value[i];
                if (element.ValueKind != JsonValueKind.Number || !element.TryGetInt64(out var number)
                    || number < 0 || number > max)
                {
                    throw Malformed($"tensor {name}: {field.Name} holds {element.GetRawText()}, not a whole number from 0 to {max}");
                }

                numbers[i] = number;
            }

            return numbers;
        }

        private void CheckSize(string name, ElementType type, int[] shape, long bytes)
        {
            UInt128 elements = 1;
            foreach (var side in shape)
            {
                elements *= (uint)side;
                // Cut here, or a shape of many sides could wrap around to a small number.
                if (elements > long.MaxValue)
                    throw Malformed($"tensor {name}: shape [{string.Join(", ", shape)}] is too large");
            }

            if (elements * (uint)type.Bytes() != (UInt128)bytes)
            {
                throw Malformed(
                    $"tensor {name}: shape [{string.Join(", ", shape)}] of {type} needs {elements * (uint)type.Bytes()} bytes, but data_offsets span {bytes}");
            }

            if (bytes > Array.MaxLength)
                throw Malformed($"tensor {name}: {bytes} bytes are more than one tensor can hold ({Array.MaxLength})");
        }

        private SafetensorsException Malformed(string what) => new($"{file}: {what}");
    }
}

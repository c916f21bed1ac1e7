using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace ClusterTrain.Runs.Safetensors;

/// <summary>A safetensors file in memory. Everything about it has been checked.</summary>
public sealed class SafetensorsFile
{
    /// <summary>Longest header that is read, in bytes: a damaged length must not fill the memory.</summary>
    public const long MaxHeaderBytes = 100_000_000;

    private readonly Dictionary<string, NamedTensor> _byName;

    private SafetensorsFile(string file, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<NamedTensor> tensors)
    {
        File = file;
        Metadata = metadata;
        Tensors = tensors;
        _byName = tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    /// <summary>Name of the file, as messages have it.</summary>
    public string File { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>In the order of their data in the file.</summary>
    public IReadOnlyList<NamedTensor> Tensors { get; }

    /// <exception cref="SafetensorsException">The file cannot be read, or anything in it is malformed.</exception>
    public static SafetensorsFile Read(string path)
    {
        try
        {
            using var stream = System.IO.File.OpenRead(path);
            return Read(stream, path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new SafetensorsException($"cannot read {path}: {failure.Message}", failure);
        }
    }

    /// <param name="stream">Read from its position to its end; must know its length.</param>
    /// <param name="file">Name for messages.</param>
    /// <exception cref="SafetensorsException">Anything is malformed.</exception>
    public static SafetensorsFile Read(Stream stream, string file)
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("safetensors are little-endian and this machine is not");
        var available = stream.Length - stream.Position;
        var headerLength = HeaderLength(stream, file, available);
        var json = new byte[headerLength];
        stream.ReadExactly(json);
        var header = SafetensorsHeader.Parse(file, json, available - sizeof(ulong) - headerLength);
        return new SafetensorsFile(file, header.Metadata, [.. header.Tensors.Select(entry => ReadTensor(stream, entry))]);
    }

    /// <summary>The elements of an F32 tensor, row-major.</summary>
    /// <exception cref="SafetensorsException">There is no such tensor, or it has another type.</exception>
    [SuppressMessage("Naming", "CA1720", Justification = "Named after the element type in the file.")]
    public ReadOnlySpan<float> Float32(string name) => Typed<float>(name).Data.Span;

    /// <summary>The elements of an I64 tensor, row-major.</summary>
    /// <exception cref="SafetensorsException">There is no such tensor, or it has another type.</exception>
    [SuppressMessage("Naming", "CA1720", Justification = "Named after the element type in the file.")]
    public ReadOnlySpan<long> Int64(string name) => Typed<long>(name).Data.Span;

    /// <exception cref="SafetensorsException">There is no such tensor.</exception>
    public IReadOnlyList<int> Shape(string name) => Tensor(name).Shape;

    public bool Contains(string name) => _byName.ContainsKey(name);

    /// <exception cref="SafetensorsException">There is no such tensor, or it has another type.</exception>
    public NamedTensor<T> Typed<T>(string name)
        where T : unmanaged =>
        Tensor(name) as NamedTensor<T>
        ?? throw new SafetensorsException($"{File}: tensor {name} is {Tensor(name).Type}, not {ElementTypes.Of<T>()}");

    private NamedTensor Tensor(string name) =>
        _byName.GetValueOrDefault(name) ?? throw new SafetensorsException($"{File}: there is no tensor {name}");

    private static int HeaderLength(Stream stream, string file, long available)
    {
        if (available < sizeof(ulong))
            throw new SafetensorsException($"{file}: {available} bytes are too few for a safetensors file");
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        stream.ReadExactly(bytes);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        if (length > MaxHeaderBytes)
            throw new SafetensorsException($"{file}: a header of {length} bytes is over the limit of {MaxHeaderBytes}");
        if (length > (ulong)(available - sizeof(ulong)))
            throw new SafetensorsException($"{file}: a header of {length} bytes does not fit a file of {available}");
        return (int)length;
    }

    private static NamedTensor ReadTensor(Stream stream, TensorEntry entry) => entry.Type switch
    {
        ElementType.F32 => ReadTensor<float>(stream, entry),
        ElementType.F64 => ReadTensor<double>(stream, entry),
        ElementType.I64 => ReadTensor<long>(stream, entry),
        ElementType.I32 => ReadTensor<int>(stream, entry),
        ElementType.F16 => ReadTensor<Half>(stream, entry),
        ElementType.BF16 => ReadTensor<BFloat16>(stream, entry),
        _ => ReadTensor<byte>(stream, entry),
    };

    private static NamedTensor<T> ReadTensor<T>(Stream stream, TensorEntry entry)
        where T : unmanaged
    {
        var data = new T[(entry.End - entry.Begin) / entry.Type.Bytes()];
        stream.ReadExactly(MemoryMarshal.AsBytes(data.AsSpan()));
        return new NamedTensor<T>(entry.Name, entry.Shape, data);
    }
}

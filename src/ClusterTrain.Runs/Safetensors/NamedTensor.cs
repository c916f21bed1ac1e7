using System.Runtime.InteropServices;

namespace ClusterTrain.Runs.Safetensors;

/// <summary>A tensor with the name it has in a file: what the reader returns and what the writer takes.</summary>
public abstract class NamedTensor
{
    private protected NamedTensor(string name, IReadOnlyList<int> shape, ElementType type)
    {
        Name = name;
        Shape = shape;
        Type = type;
    }

    public string Name { get; }

    /// <summary>Sides from the slowest to the fastest, each 0 or more; empty for a scalar.</summary>
    public IReadOnlyList<int> Shape { get; }

    public ElementType Type { get; }

    /// <summary>The elements as stored, row-major; not copied.</summary>
    public abstract ReadOnlySpan<byte> Bytes { get; }

    internal static long Elements(IReadOnlyList<int> shape)
    {
        var product = 1L;
        foreach (var side in shape)
            product = checked(product * side);
        return product;
    }
}

/// <typeparam name="T">float, double, long, int, byte, or one of the two halves.</typeparam>
public sealed class NamedTensor<T> : NamedTensor
    where T : unmanaged
{
    /// <param name="data">Row-major, as many elements as the shape says; kept, not copied.</param>
    /// <exception cref="ArgumentException">Shape and data disagree.</exception>
    public NamedTensor(string name, IReadOnlyList<int> shape, ReadOnlyMemory<T> data)
        : base(name, shape, ElementTypes.Of<T>())
    {
        if (shape.Any(side => side < 0) || Elements(shape) != data.Length)
        {
            throw new ArgumentException(
                $"tensor {name}: shape [{string.Join(", ", shape)}] does not have {data.Length} elements", nameof(data));
        }

        Data = data;
    }

    public ReadOnlyMemory<T> Data { get; }

    public override ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes(Data.Span);
}

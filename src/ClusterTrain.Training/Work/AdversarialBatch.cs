using System.Runtime.InteropServices;
using ClusterTrain.Numerics.Tensors;

namespace ClusterTrain.Training.Work;

/// <summary>
/// The attacked rows of one shard: [rows, features], where a thinned replica's rows hold only its kept inputs (the mask
/// follows from step and shard, so it need not travel).
/// </summary>
public sealed class AdversarialBatch(int capacity)
{
    private readonly AlignedBuffer _values = new(capacity);

    public int Rows { get; private set; }

    public int Features { get; private set; }

    /// <summary>[rows, features].</summary>
    public Span<float> Values => _values.Span[..(Rows * Features)];

    /// <summary>The same as <see cref="Values"/>.</summary>
    public Memory<float> Memory => _values.Memory[..(Rows * Features)];

    /// <summary>
    /// [rows, features] as the reader's mask has it. Who comes late to a committed step may find its batch in use for
    /// another one: it then reads numbers of no meaning for an answer that nobody takes, and must not fail over it.
    /// </summary>
    public ReadOnlySpan<float> Read(int features) => Read(Rows, features);

    /// <summary>The same for one who knows how many rows there were.</summary>
    public ReadOnlySpan<float> Read(int rows, int features) => _values.Span[..(rows * features)];

    /// <summary>Takes a size; the values are to be written.</summary>
    public AdversarialBatch Resize(int rows, int features)
    {
        Rows = rows;
        Features = features;
        return this;
    }

    /// <summary>Whether both are the same to the bit.</summary>
    public bool Agrees(AdversarialBatch other) =>
        MemoryMarshal.AsBytes(Values).SequenceEqual(MemoryMarshal.AsBytes(other.Values));
}

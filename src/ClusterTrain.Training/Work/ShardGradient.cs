using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Tensors;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Training.Work;

/// <summary>
/// The gradient of one shard's mean loss, or the sum over a block of shards, in the layout of its cut-out parameters, with
/// the mask that says where they belong. Pooled: it goes back when its step is committed or it turns out not to be needed.
/// </summary>
public sealed class ShardGradient(Network network)
{
    private readonly AlignedBuffer _values = new(network.ParameterCount);

    public ReplicaMask Mask { get; } = new(network);

    /// <summary>[<see cref="ReplicaMask.ParameterCount"/>].</summary>
    public Span<float> Values => _values.Span[..Mask.ParameterCount];

    /// <summary>The same as <see cref="Values"/>.</summary>
    public Memory<float> Memory => _values.Memory[..Mask.ParameterCount];

    /// <summary>Shards that it is the sum of: 1, or those of a <see cref="Reduction.BlockSum"/>.</summary>
    public int Shards { get; set; } = 1;

    /// <summary>Where <see cref="Values"/> starts; the memory never moves.</summary>
    internal unsafe float* Address => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(_values.Span));

    /// <summary>Mean loss of the shard's rows, label smoothing included; of a block, the sum of its shards'.</summary>
    public double Loss { get; set; }

    /// <summary>Rows classified right on the way.</summary>
    public int Correct { get; set; }

    /// <summary>Becomes the same as another.</summary>
    public void Set(ShardGradient other)
    {
        Mask.Set(other.Mask);
        other.Values.CopyTo(Values);
        (Shards, Loss, Correct) = (other.Shards, other.Loss, other.Correct);
    }

    /// <summary>Whether both are the same to the bit.</summary>
    public bool Agrees(ShardGradient other) =>
        BitConverter.DoubleToInt64Bits(Loss) == BitConverter.DoubleToInt64Bits(other.Loss)
        && Correct == other.Correct && Shards == other.Shards
        && MemoryMarshal.AsBytes(Values)
            .SequenceEqual(MemoryMarshal.AsBytes(other.Values));
}

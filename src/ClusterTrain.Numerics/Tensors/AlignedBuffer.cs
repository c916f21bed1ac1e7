namespace ClusterTrain.Numerics.Tensors;

/// <summary>
/// A fixed block of float32 whose first element lies on a 64-byte boundary and never moves, so that vector loads of
/// any width are aligned and native libraries may be handed its address.
/// </summary>
public sealed class AlignedBuffer
{
    /// <summary>Floats that may be read, not used, beyond the end, so that kernels can load a whole vector at any place.</summary>
    public const int Slack = 16;

    private const int AlignmentBytes = 64;
    private readonly float[] _storage;
    private readonly int _start;

    /// <param name="length">Number of floats, 0 or more. All start at zero.</param>
    public AlignedBuffer(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        var alignment = Alignment(length);
        var isLarge = alignment == HugePages.Bytes;
        _storage = GC.AllocateUninitializedArray<float>(length + Slack + (alignment / sizeof(float)), pinned: true);
        _start = FirstAlignedIndex(_storage, alignment);
        if (isLarge) RequestHugePages();
        Array.Clear(_storage);
    }

    public int Length { get; }

    public Span<float> Span => _storage.AsSpan(_start, Length);

    public Memory<float> Memory => _storage.AsMemory(_start, Length);

    /// <summary>Bytes that a buffer takes, what its alignment costs included.</summary>
    /// <param name="length">Number of floats, 0 or more; as many as no buffer can have are counted all the same.</param>
    public static long BytesOf(long length) => ((length + Slack) * sizeof(float)) + Alignment(length);

    /// <summary>A buffer with the same content.</summary>
    public AlignedBuffer Copy()
    {
        var copy = new AlignedBuffer(Length);
        Span.CopyTo(copy.Span);
        return copy;
    }

    private static int Alignment(long length) => length * sizeof(float) >= HugePages.Bytes ? HugePages.Bytes : AlignmentBytes;

    private unsafe void RequestHugePages()
    {
        fixed (float* start = _storage)
            HugePages.Request(start + _start, Length);
    }

    private static unsafe int FirstAlignedIndex(float[] pinned, int alignment)
    {
        fixed (float* start = pinned)
        {
            var misplaced = (int)((nint)start & (alignment - 1));
            return misplaced == 0 ? 0 : (alignment - misplaced) / sizeof(float);
        }
    }
}

namespace ClusterTrain.Training.Data.Sources;

/// <summary>The numbers of one file in memory: bytes where the file has bytes, else in single precision.</summary>
/// <param name="Path">The file, for messages.</param>
/// <param name="Sizes">The first one counts rows.</param>
/// <param name="AreIntegers">Whether the file's own numbers have no fraction.</param>
internal sealed record NumberArray(string Path, IReadOnlyList<int> Sizes, byte[]? Bytes, float[]? Floats, bool AreIntegers)
{
    private const int ChunkBytes = 1 << 16;

    /// <summary>Most numbers of a file: an array of as many floats, aligned, must still fit.</summary>
    public static readonly int Most = Array.MaxLength - 64;

    public int Rows => Sizes[0];

    /// <summary>Sizes of one row.</summary>
    public IReadOnlyList<int> Shape => [.. Sizes.Skip(1)];

    public int Length => Bytes?.Length ?? Floats!.Length;

    /// <summary>As single-precision numbers, whatever they were.</summary>
    public float[] ToFloats() => Floats ?? [.. Bytes!.Select(b => (float)b)];

    /// <summary>Each number, as a double.</summary>
    public double[] ToDoubles() => Bytes is null ? [.. Floats!.Select(value => (double)value)] : [.. Bytes.Select(b => (double)b)];

    /// <summary>Reads numbers one after another.</summary>
    /// <param name="count">How many; memory for them is taken, so the caller has compared it with the file's length.</param>
    /// <param name="onChunk">Sees the bytes as they are read.</param>
    /// <param name="found">Bytes that were there.</param>
    /// <returns>Null where there are too few bytes.</returns>
    public static (byte[]? Bytes, float[]? Floats)? Read(
        Stream stream, NumberKind kind, bool isBigEndian, int count, Action<ReadOnlySpan<byte>>? onChunk, out long found)
    {
        var isBytes = kind == NumberKind.UInt8;
        var (bytes, floats) = (isBytes ? new byte[count] : null, isBytes ? null : new float[count]);
        var most = Math.Min(count, ChunkBytes / kind.Size());
        var (chunk, numbers) = (new byte[most * kind.Size()], new double[isBytes ? 0 : most]);
        found = 0;
        for (var at = 0; at < count;)
        {
            var some = Math.Min(most, count - at);
            var wanted = chunk.AsSpan(0, some * kind.Size());
            var got = stream.ReadAtLeast(wanted, wanted.Length, throwOnEndOfStream: false);
            found += got;
            if (got < wanted.Length) return null;
            onChunk?.Invoke(wanted);
            if (isBytes) wanted.CopyTo(bytes.AsSpan(at));
            else
            {
                kind.Decode(wanted, isBigEndian, numbers.AsSpan(0, some));
                for (var i = 0; i < some; i++) floats![at + i] = (float)numbers[i];
            }

            at += some;
        }

        return (bytes, floats);
    }
}

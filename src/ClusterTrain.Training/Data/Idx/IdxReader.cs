using System.Buffers.Binary;
using System.Security.Cryptography;
using ClusterTrain.Training.Data.Sources;

namespace ClusterTrain.Training.Data.Idx;

/// <summary>
/// Reads IDX files of any rank and element type, raw or gzip. The format, all numbers big-endian: <c>00 00 T D</c> with the element
/// type T and D dimensions, then D sizes of 4 bytes, then the elements, row-major, and nothing after them.
/// </summary>
public static class IdxReader
{
    private static readonly Dictionary<byte, NumberKind> Types = new()
    {
        [0x08] = NumberKind.UInt8,
        [0x09] = NumberKind.Int8,
        [0x0B] = NumberKind.Int16,
        [0x0C] = NumberKind.Int32,
        [0x0D] = NumberKind.Float32,
        [0x0E] = NumberKind.Float64,
    };

    /// <summary>Rows: images [count, height, width] or [count, channels, height, width], or tables [count, columns].</summary>
    /// <exception cref="DataException">Missing, damaged, truncated, or not a file of rows.</exception>
    public static IdxArray ReadImages(string path) => StoredFile.Open(path, file => Read(path, file, isLabels: false));

    /// <summary>Labels [count], any numbers: who knows the classes checks them.</summary>
    /// <exception cref="DataException">Missing, damaged, truncated, or not a file of labels.</exception>
    public static IdxArray ReadLabels(string path) => StoredFile.Open(path, file => Read(path, file, isLabels: true));

    /// <summary>The sizes of a file of rows from its header alone.</summary>
    /// <exception cref="DataException">Missing, damaged, or not a file of rows.</exception>
    public static IReadOnlyList<int> ReadImageSizes(string path) =>
        StoredFile.Read(path, stream => ReadHeader(path, stream, isLabels: false).Sizes);

    /// <summary>The same from a file that is open.</summary>
    internal static IdxArray Read(string path, Stream file, bool isLabels)
    {
        var most = StoredFile.MostDecoded(file);
        return StoredFile.Read(path, file, stream =>
        {
            var (header, kind, sizes) = ReadHeader(path, stream, isLabels);
            var count = sizes.Aggregate(1L, (product, size) => product * size);
            var expected = count * kind.Size();
            if (expected > most) throw Truncated(path, sizes, expected, $"{most - header.Length} or fewer");
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            hash.AppendData(header);
            var read = NumberArray.Read(stream, kind, isBigEndian: true, (int)count, hash.AppendData, out var found)
                ?? throw Truncated(path, sizes, expected, $"{found}");
            if (stream.ReadByte() >= 0)
                throw new DataException($"{path}: bytes follow the {expected} that its header ({Describe(sizes)}) promises");
            return new IdxArray(path, sizes, read.Bytes ?? [], Convert.ToHexStringLower(hash.GetHashAndReset()))
            {
                Values = new NumberArray(path, sizes, read.Bytes, read.Floats, kind.IsInteger()),
            };
        });
    }

    private static (byte[] Header, NumberKind Kind, int[] Sizes) ReadHeader(string path, Stream stream, bool isLabels)
    {
        var what = isLabels ? "labels" : "images";
        var start = new byte[4];
        var got = stream.ReadAtLeast(start, 4, throwOnEndOfStream: false);
        if (got < 4) throw new DataException($"{path}: truncated: {got} bytes, too few for the header of a file of {what}");
        if (start[0] != 0 || start[1] != 0 || !Types.TryGetValue(start[2], out var kind) || (isLabels ? start[3] != 1 : start[3] < 2))
        {
            throw new DataException(
                $"{path}: not a file of {what}: magic number 0x{BinaryPrimitives.ReadUInt32BigEndian(start):x8} found, "
                + $"{(isLabels ? "0x00000801" : "0x00000803 or 0x00000804")} expected, or that of another element type"
                + StoredFile.Guess(path));
        }

        var header = new byte[4 + (4 * start[3])];
        start.CopyTo(header, 0);
        if (stream.ReadAtLeast(header.AsSpan(4), header.Length - 4, throwOnEndOfStream: false) < header.Length - 4)
            throw new DataException($"{path}: truncated: ends within the header of {header.Length} bytes");
        return (header, kind, Sizes(path, header));
    }

    private static int[] Sizes(string path, byte[] header)
    {
        var sizes = new int[(header.Length / 4) - 1];
        long product = 1;
        for (var i = 0; i < sizes.Length; i++)
        {
            var size = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4 + (4 * i)));
            product = Math.Min(product * Math.Min(size, int.MaxValue), int.MaxValue);
            sizes[i] = (int)Math.Min(size, int.MaxValue);
        }

        if (product == 0) throw new DataException($"{path}: empty: its header says {Describe(sizes)}");
        return product > NumberArray.Most
            ? throw new DataException($"{path}: its header says {Describe(sizes)}, more than the {NumberArray.Most} bytes that can be held")
            : sizes;
    }

    private static DataException Truncated(string path, int[] sizes, long expected, string found) =>
        new($"{path}: truncated: {found} bytes after the header, {expected} expected ({Describe(sizes)}): get it again");

    private static string Describe(int[] sizes) => string.Join(" x ", sizes);
}

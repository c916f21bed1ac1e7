using System.Buffers.Binary;
using System.Security.Cryptography;
using ClusterTrain.Training.Data.Sources;

namespace ClusterTrain.Training.Data.Idx;

/// <summary>
/// Reads IDX files of unsigned bytes, raw or gzip (told apart by the name's end). The format, all numbers big-endian:
/// <c>00 00 08 D</c> with D dimensions, then D sizes of 4 bytes, then the bytes, row-major, and nothing after them.
/// </summary>
public static class IdxReader
{
    private const uint Images = 0x00000803;
    private const uint ImagesOfChannels = 0x00000804;
    private const uint Labels = 0x00000801;

    /// <summary>Most bytes of a file: an array of as many floats, aligned, must still fit.</summary>
    private static readonly int LargestContent = Array.MaxLength - 64;

    /// <summary>No deflate stream grows by more than this factor: a header that asks for more cannot be true.</summary>
    private const long LargestInflation = 1032;

    /// <summary>Images [count, height, width] or [count, channels, height, width].</summary>
    /// <exception cref="DataException">Missing, damaged, truncated, or not a file of images.</exception>
    public static IdxArray ReadImages(string path) => Read(path, "images", Images, ImagesOfChannels);

    /// <summary>Labels [count], any bytes: who knows the number of classes checks them.</summary>
    /// <exception cref="DataException">Missing, damaged, truncated, or not a file of labels.</exception>
    public static IdxArray ReadLabels(string path) => Read(path, "labels", Labels);

    /// <summary>The sizes of a file of images from its header alone.</summary>
    /// <exception cref="DataException">Missing, damaged, or not a file of images.</exception>
    public static IReadOnlyList<int> ReadImageSizes(string path) =>
        StoredFile.Read(path, stream => ReadHeader(path, stream, "images", Images, ImagesOfChannels).Sizes);

    private static IdxArray Read(string path, string what, params uint[] magics) => StoredFile.Read(path, stream =>
    {
        var (header, sizes) = ReadHeader(path, stream, what, magics);
        var expected = sizes.Aggregate(1L, (product, size) => product * size);
        var most = new FileInfo(path).Length * (StoredFile.IsGzip(path) ? LargestInflation : 1);
        if (expected > most)
            throw Truncated(path, sizes, expected, StoredFile.IsGzip(path) ? "too few" : $"{most - header.Length}");
        var bytes = new byte[expected];
        var found = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (found < expected) throw Truncated(path, sizes, expected, $"{found}");
        if (stream.ReadByte() >= 0)
            throw new DataException($"{path}: bytes follow the {expected} that its header ({Describe(sizes)}) promises");
        if (StoredFile.IsGzip(path)) CheckTrailer(path, header.Length + expected);
        return new IdxArray(path, sizes, bytes, Hash(header, bytes));
    });

    // The decoder is content when all data came, also where the file's last bytes (RFC 1952, 2.3.1: CRC32, ISIZE) are cut off.
    private static void CheckTrailer(string path, long decoded)
    {
        using var file = File.OpenRead(path);
        file.Seek(-sizeof(uint), SeekOrigin.End);
        var last = new byte[sizeof(uint)];
        file.ReadExactly(last);
        if (BinaryPrimitives.ReadUInt32LittleEndian(last) != (uint)decoded)
            throw new DataException($"{path}: truncated or damaged gzip file (its last bytes do not give the decoded length, {decoded})");
    }

    private static (byte[] Header, int[] Sizes) ReadHeader(string path, Stream stream, string what, params uint[] expected)
    {
        var start = new byte[4];
        var got = stream.ReadAtLeast(start, 4, throwOnEndOfStream: false);
        if (got < 4) throw new DataException($"{path}: truncated: {got} bytes, too few for the header of a file of {what}");
        var magic = BinaryPrimitives.ReadUInt32BigEndian(start);
        if (!expected.Contains(magic))
        {
            throw new DataException(
                $"{path}: not a file of {what}: magic number 0x{magic:x8} found, {string.Join(" or ", expected.Select(one => $"0x{one:x8}"))} expected");
        }
        var header = new byte[4 + (4 * start[3])];
        start.CopyTo(header, 0);
        if (stream.ReadAtLeast(header.AsSpan(4), header.Length - 4, throwOnEndOfStream: false) < header.Length - 4)
            throw new DataException($"{path}: truncated: ends within the header of {header.Length} bytes");
        return (header, Sizes(path, header));
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
        if (product > LargestContent)
        {
            throw new DataException(
                $"{path}: its header says {Describe(sizes)}, more than the {LargestContent} bytes that can be held");
        }
        return sizes;
    }

    private static DataException Truncated(string path, int[] sizes, long expected, string found) =>
        new($"{path}: truncated: {found} bytes after the header, {expected} expected ({Describe(sizes)})");

    private static string Describe(int[] sizes) => string.Join(" x ", sizes);

    private static string Hash(byte[] header, byte[] bytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(header);
        hash.AppendData(bytes);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

using System.Buffers.Binary;
using System.IO.Hashing;

namespace ClusterTrain.Training.Data.Pictures;

/// <summary>
/// What a picture's file says of itself, checked before it is decoded, since the decoder looks at no checksum and fills what is
/// cut off with grey: the chunks of PNG (ISO/IEC 15948, section 5) and the segments of JPEG (ITU-T T.81, annex B).
/// </summary>
internal static class PictureContainer
{
    // Deflate shrinks no row of bits by more, and a JPEG spends a bit on each block of 8 x 8.
    private const long MostPixelsPerPngByte = 1032 * 8;
    private const long MostPixelsPerJpegByte = 64 * 8;
    private const long MostPixels = 1L << 26;

    private static readonly byte[] PngStart = [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    /// <summary>What is wrong, as a clause; null when nothing is.</summary>
    public static string? Problem(ReadOnlySpan<byte> file) =>
        file.StartsWith(PngStart) ? OfPng(file)
        : file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8]) ? OfJpeg(file)
        : "neither PNG nor JPEG";

    private static string? OfPng(ReadOnlySpan<byte> file)
    {
        const int frame = 12;
        var (at, hasPixels) = (PngStart.Length, false);
        while (true)
        {
            if (file.Length - at < frame) return "truncated: it ends before its last chunk, IEND";
            var length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            if (length > file.Length - at - frame) return "truncated: it ends within a chunk";
            var type = file.Slice(at + 4, 4);
            var body = file.Slice(at + 4, 4 + (int)length);
            if (Crc32.HashToUInt32(body) != BinaryPrimitives.ReadUInt32BigEndian(file[(at + 8 + (int)length)..]))
                return $"damaged: the checksum of its chunk at byte {at} is wrong";
            if (at == PngStart.Length)
            {
                if (!type.SequenceEqual("IHDR"u8) || length != 13) return "damaged: it does not begin with its header";
                if (Sizes(BinaryPrimitives.ReadUInt32BigEndian(body[4..]), BinaryPrimitives.ReadUInt32BigEndian(body[8..]), file.Length, MostPixelsPerPngByte) is { } sizes) return sizes;
            }

            hasPixels |= type.SequenceEqual("IDAT"u8);
            at += frame + (int)length;
            if (type.SequenceEqual("IEND"u8)) return hasPixels ? null : "damaged: it has no pixels";
        }
    }

    private static string? OfJpeg(ReadOnlySpan<byte> file)
    {
        const byte startOfScan = 0xDA;
        const byte end = 0xD9;
        var (at, hasFrame, hasScan) = (2, false, false);
        while (true)
        {
            // Fill bytes, and what a scan holds: everything up to a marker that neither is stuffed nor restarts.
            while (at + 1 < file.Length && (file[at] != 0xFF || file[at + 1] is 0 or 0xFF or (>= 0xD0 and <= 0xD7)))
            {
                if (!hasScan && file[at] != 0xFF) return $"damaged: no marker at byte {at}";
                at++;
            }

            if (at + 1 >= file.Length) return "truncated: it ends before its end marker";
            var marker = file[at + 1];
            at += 2;
            if (marker == end) return hasScan ? null : "damaged: it has no pixels";
            if (file.Length - at < 2) return "truncated: it ends within a segment";
            var length = BinaryPrimitives.ReadUInt16BigEndian(file[at..]);
            if (length < 2 || length > file.Length - at) return "truncated: it ends within a segment";
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                if (hasFrame || length < 8) return "damaged: its header makes no sense";
                hasFrame = true;
                if (Sizes(BinaryPrimitives.ReadUInt16BigEndian(file[(at + 5)..]), BinaryPrimitives.ReadUInt16BigEndian(file[(at + 3)..]), file.Length, MostPixelsPerJpegByte) is { } sizes) return sizes;
            }

            hasScan |= marker == startOfScan;
            if (hasScan && !hasFrame) return "damaged: pixels stand before its header";
            at += length;
        }
    }

    private static string? Sizes(uint width, uint height, int bytes, long mostPerByte) =>
        width == 0 || height == 0 ? "empty: it has no pixels"
        : (long)width * height is var pixels && pixels > MostPixels ? $"{width} x {height} pixels, {MostPixels} at most: make it smaller"
        : pixels > bytes * mostPerByte ? $"damaged: {bytes} bytes cannot be {width} x {height} pixels"
        : null;
}

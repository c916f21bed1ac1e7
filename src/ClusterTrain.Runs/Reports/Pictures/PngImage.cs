using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace ClusterTrain.Runs.Reports.Pictures;

/// <summary>Small pictures as PNG (ISO/IEC 15948): 8 bits a channel, grey or RGB, one compressed chunk, no filter.</summary>
internal static class PngImage
{
    private const int Grey = 1;
    private const int Rgb = 3;
    private const byte GreyColorType = 0;
    private const byte RgbColorType = 2;
    private static readonly byte[] Signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];
    private static readonly uint[] CrcTable = [.. Enumerable.Range(0, 256).Select(value => CrcOf((uint)value))];

    /// <param name="channels">1 for grey, 3 for RGB.</param>
    /// <param name="pixels">[height, width, channels].</param>
    public static byte[] Encode(int width, int height, int channels, ReadOnlySpan<byte> pixels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (channels is not (Grey or Rgb))
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "A picture has 1 or 3 channels.");
        if (pixels.Length != width * height * channels)
            throw new ArgumentException($"{width} x {height} pixels of {channels} channels are not {pixels.Length} bytes.", nameof(pixels));

        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8; // bits a channel
        header[9] = channels == Grey ? GreyColorType : RgbColorType;

        using var png = new MemoryStream();
        png.Write(Signature);
        WriteChunk(png, "IHDR", header);
        WriteChunk(png, "IDAT", Compress(pixels, width * channels));
        WriteChunk(png, "IEND", []);
        return png.ToArray();
    }

    /// <summary>The picture as the address of an <c>img</c>: nothing is loaded from anywhere.</summary>
    public static string DataUri(byte[] png) => "data:image/png;base64," + Convert.ToBase64String(png);

    private static byte[] Compress(ReadOnlySpan<byte> pixels, int rowBytes)
    {
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            for (var at = 0; at < pixels.Length; at += rowBytes)
            {
                zlib.WriteByte(0); // filter of this row: none
                zlib.Write(pixels.Slice(at, rowBytes));
            }
        }

        return compressed.ToArray();
    }

    /// <summary>Length of the data, type, data, CRC over type and data.</summary>
    private static void WriteChunk(MemoryStream png, string type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[sizeof(uint)];
        byte[] name = Encoding.ASCII.GetBytes(type);
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        png.Write(name);
        png.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(Crc(uint.MaxValue, name), data));
        png.Write(number);
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes) crc = CrcTable[(byte)(crc ^ value)] ^ (crc >> 8);
        return crc;
    }

    /// <summary>An entry of the table: the polynomial 0xEDB88320 (reversed), eight bits at once.</summary>
    private static uint CrcOf(uint value)
    {
        for (var bit = 0; bit < 8; bit++) value = (value & 1) == 1 ? 0xEDB88320 ^ (value >> 1) : value >> 1;
        return value;
    }
}

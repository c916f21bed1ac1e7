using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using ClusterTrain.Runs.Reports.Pictures;

namespace ClusterTrain.Runs.Tests.Reports;

public sealed class PngImageTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(7, 3, 1)]
    [InlineData(5, 9, 3)]
    [InlineData(300, 2, 3)]
    public void Encode_ThenDecode_GivesThePixelsBack(int width, int height, int channels)
    {
        byte[] pixels = [.. Enumerable.Range(0, width * height * channels).Select(i => (byte)(i * 37))];
        var chunks = Chunks(PngImage.Encode(width, height, channels, pixels));
        Assert.Equal(["IHDR", "IDAT", "IEND"], chunks.Select(chunk => chunk.Type));
        Assert.Equal(width, BinaryPrimitives.ReadInt32BigEndian(chunks[0].Data));
        Assert.Equal(height, BinaryPrimitives.ReadInt32BigEndian(chunks[0].Data.AsSpan(4)));
        Assert.Equal([8, channels == 1 ? (byte)0 : (byte)2, 0, 0, 0], chunks[0].Data[8..]);

        using var zlib = new ZLibStream(new MemoryStream(chunks[1].Data), CompressionMode.Decompress);
        using var raw = new MemoryStream();
        zlib.CopyTo(raw);
        var rows = raw.ToArray().Chunk(1 + (width * channels)).ToList();
        Assert.Equal(height, rows.Count);
        Assert.All(rows, row => Assert.Equal(0, row[0]));
        Assert.Equal(pixels, rows.SelectMany(row => row[1..]));
    }

    [Fact]
    public void Encode_EndsInTheKnownChunk()
    {
        byte[] end = [0, 0, 0, 0, (byte)'I', (byte)'E', (byte)'N', (byte)'D', 0xAE, 0x42, 0x60, 0x82];
        Assert.Equal(end, PngImage.Encode(1, 1, 1, [5])[^12..]);
    }

    [Fact]
    public void Encode_OfTheWrongSizeOrChannels_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => PngImage.Encode(2, 2, 1, [1, 2, 3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => PngImage.Encode(1, 1, 2, [1, 2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => PngImage.Encode(0, 1, 1, []));
    }

    [Fact]
    public void Factor_OfSamples_IsTheLargestNiceOneWithoutSaturation()
    {
        Assert.Equal(10, RowPicture.Factor(SampleReport.Gallery(new ImageShape(1, 4, 6)).Samples));
        Assert.Equal(1, RowPicture.Factor(SampleReport.Gallery(new ImageShape(1, 4, 6)).Samples.Skip(1)));
    }

    [Theory]
    [InlineData(new[] { 1, 28, 28 }, true)]
    [InlineData(new[] { 3, 2, 9 }, true)]
    [InlineData(new[] { 2, 28, 28 }, false)]
    [InlineData(new[] { 784 }, false)]
    public void ImageShape_OfInputs_KnowsPictures(int[] shape, bool isPicture) =>
        Assert.Equal(isPicture, ImageShape.Of(shape) is not null);

    private static List<(string Type, byte[] Data)> Chunks(byte[] png)
    {
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10], png[..8]);
        List<(string, byte[])> chunks = [];
        for (var at = 8; at < png.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            var covered = png.AsSpan(at + 4, 4 + length);
            Assert.Equal(SlowCrc(covered), BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at + 8 + length)));
            chunks.Add((Encoding.ASCII.GetString(covered[..4]), covered[4..].ToArray()));
            at += 12 + length;
        }

        return chunks;
    }

    /// <summary>Bit by bit, as the standard defines it.</summary>
    private static uint SlowCrc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            for (var bit = 0; bit < 8; bit++)
                crc = (((crc ^ (uint)(value >> bit)) & 1) == 1 ? 0xEDB88320 : 0) ^ (crc >> 1);
        }

        return ~crc;
    }
}

using System.Security.Cryptography;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Data.Idx;
using ClusterTrain.Training.Data.Sources;

namespace ClusterTrain.Training.Tests.Data;

public sealed class IdxReaderTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ReadImages_RawAndGzip_GiveTheSame()
    {
        var bytes = IdxFiles.Images(9, 4, 5);
        var raw = IdxReader.ReadImages(Write("images", bytes));
        var packed = IdxReader.ReadImages(Write("images.gz", IdxFiles.Gzip(bytes)));

        Assert.Equal([9, 4, 5], raw.Sizes);
        Assert.Equal(raw.Sizes, packed.Sizes);
        Assert.Equal(bytes[16..], raw.Bytes);
        Assert.Equal(raw.Bytes, packed.Bytes);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), raw.Sha256);
        Assert.Equal(raw.Sha256, packed.Sha256);
    }

    [Fact]
    public void Locate_BothForms_PrefersTheRawFile()
    {
        var raw = Write("x", [1]);
        Write("x.gz", [1]);
        Assert.Equal(raw, IdxFileNames.Locate(_folder.Path, "x"));
    }

    [Fact]
    public void ReadImages_GzipCutAnywhere_SaysTruncated()
    {
        var noise = new byte[20_000];
        for (var i = 0; i < noise.Length; i++) noise[i] = SHA256.HashData(BitConverter.GetBytes(i))[0];
        var packed = IdxFiles.Gzip(IdxFiles.Encode(0x803, [50, 20, 20], noise));
        foreach (var length in new[] { 0, 5, 12, 25, 100, 9_000, packed.Length - 200, packed.Length - 8, packed.Length - 4, packed.Length - 1 })
        {
            var problem = Fails(() => IdxReader.ReadImages(Write("images.gz", packed[..length])));
            Assert.Contains("truncated", problem);
            Assert.Contains("images.gz", problem);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(195)]
    public void ReadImages_RawCutAnywhere_SaysTruncated(int length) =>
        Assert.Contains("truncated", Fails(() => IdxReader.ReadImages(Write("images", IdxFiles.Images(9, 4, 5)[..length]))));

    [Fact]
    public void ReadImages_OneByteShort_SaysFoundAndExpected()
    {
        var problem = Fails(() => IdxReader.ReadImages(Write("images", IdxFiles.Images(9, 4, 5)[..^1])));
        Assert.Contains("179 bytes after the header, 180 expected (9 x 4 x 5)", problem);
    }

    [Fact]
    public void ReadLabels_GivenImages_NamesBothMagicNumbers()
    {
        var problem = Fails(() => IdxReader.ReadLabels(Write("labels", IdxFiles.Images(9, 4, 5))));
        Assert.Contains("0x00000803 found, 0x00000801 expected", problem);
    }

    [Theory]
    [InlineData("images")]
    [InlineData("images.gz")]
    public void ReadImages_TrailingByte_IsAnError(string name)
    {
        byte[] bytes = [.. IdxFiles.Images(9, 4, 5), 0];
        var written = name.EndsWith("gz", StringComparison.Ordinal) ? IdxFiles.Gzip(bytes) : bytes;
        var problem = Fails(() => IdxReader.ReadImages(Write(name, written)));
        Assert.Contains("bytes follow the 180", problem);
    }

    [Theory]
    [InlineData(-1, 28, 28, "2147483527 bytes that can be held")]
    [InlineData(60_000, 65_536, 65_536, "2147483527 bytes that can be held")]
    [InlineData(0, 28, 28, "empty")]
    [InlineData(60_000, 28, 0, "empty")]
    [InlineData(60_000, 28, 28, "truncated")]
    public void ReadImages_HeaderThatLies_IsRefusedBeforeMemoryIsTaken(int count, int height, int width, string expected)
    {
        var header = IdxFiles.Encode(0x803, [count, height, width], []);
        Assert.Contains(expected, Fails(() => IdxReader.ReadImages(Write("images", header))));
        Assert.Contains(expected, Fails(() => IdxReader.ReadImages(Write("images.gz", IdxFiles.Gzip(header)))));
    }

    [Fact]
    public void ReadImages_RawFileNamedGz_IsReadAsWhatItIs() =>
        Assert.Equal([9, 4, 5], IdxReader.ReadImages(Write("images.gz", IdxFiles.Images(9, 4, 5))).Sizes);

    [Fact]
    public void ReadImages_GzipNamedAsRaw_IsReadAsWhatItIs() =>
        Assert.Equal([9, 4, 5], IdxReader.ReadImages(Write("images", IdxFiles.Gzip(IdxFiles.Images(9, 4, 5)))).Sizes);

    [Theory]
    [InlineData("<!DOCTYPE html>\n<html><body>404</body></html>", "web page")]
    [InlineData("\uFEFF\r\n <HTML>", "web page")]
    [InlineData("PK\u0003\u0004.................", "zip archive")]
    public void ReadImages_SomethingElseNamedGz_SaysWhatItIsAndWhatToDo(string content, string expected)
    {
        var problem = Fails(() => IdxReader.ReadImages(Write("images.gz", System.Text.Encoding.UTF8.GetBytes(content))));

        Assert.Contains("images.gz: not a file of images", problem);
        Assert.Contains(expected, problem);
    }

    [Fact]
    public void ReadImages_TarOfTheFileInGzip_SaysThatItIsToBeUnpacked()
    {
        var tar = new byte[1024];
        "images"u8.CopyTo(tar);
        "ustar"u8.CopyTo(tar.AsSpan(257));

        Assert.Contains("tar archive: unpack it", Fails(() => IdxReader.ReadImages(Write("images.gz", IdxFiles.Gzip(tar)))));
    }

    [Theory]
    [InlineData(0x09, new byte[] { 0xFF, 0x7F }, new[] { -1f, 127 })]
    [InlineData(0x0B, new byte[] { 0xFF, 0xFE, 0x01, 0x00 }, new[] { -2f, 256 })]
    [InlineData(0x0C, new byte[] { 0xFF, 0xFF, 0xFF, 0xFD, 0, 1, 0, 0 }, new[] { -3f, 65536 })]
    [InlineData(0x0D, new byte[] { 0x3F, 0xC0, 0, 0, 0xC1, 0x20, 0, 0 }, new[] { 1.5f, -10 })]
    [InlineData(0x0E, new byte[] { 0x3F, 0xF8, 0, 0, 0, 0, 0, 0, 0xC0, 0x24, 0, 0, 0, 0, 0, 0 }, new[] { 1.5f, -10 })]
    public void ReadImages_AnyElementType_GivesItsNumbers(byte type, byte[] content, float[] expected)
    {
        var array = IdxReader.ReadImages(Write("images", IdxFiles.Encode((uint)(type << 8) | 2, [1, 2], content)));

        Assert.Equal(expected, array.Values.ToFloats());
        Assert.Equal(type < 0x0D, array.Values.AreIntegers);
    }

    [Fact]
    public void ReadImages_MissingFile_NamesIt() =>
        Assert.Contains("absent", Fails(() => IdxReader.ReadImages(_folder["absent"])));

    private static string Fails(Action action) => Assert.Single(Assert.Throws<DataException>(action).Problems);

    private string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(_folder[name], bytes);
        return _folder[name];
    }
}

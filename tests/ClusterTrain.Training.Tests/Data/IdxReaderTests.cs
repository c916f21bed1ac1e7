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
    public void ReadImages_NoGzipInside_SaysDamaged() =>
        Assert.Contains("gzip", Fails(() => IdxReader.ReadImages(Write("images.gz", IdxFiles.Images(9, 4, 5)))));

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

using System.Security.Cryptography;
using ClusterTrain.Training.Data.Sources;

namespace ClusterTrain.Training.Tests.Data;

public sealed class GzipMembersTests : IDisposable
{
    private static readonly byte[] Noise = [.. Enumerable.Range(0, 300).SelectMany(i => SHA256.HashData(BitConverter.GetBytes(i)))];
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_SeveralMembers_GivesAllOneAfterAnother()
    {
        byte[] packed = [.. IdxFiles.Gzip(Noise), .. IdxFiles.Gzip(new byte[100_000]), .. IdxFiles.Gzip([7])];

        Assert.Equal([.. Noise, .. new byte[100_000], 7], Read(packed));
    }

    [Fact]
    public void Read_EmptyMembersAnywhere_AddNothing()
    {
        byte[] empty = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

        Assert.Equal(Noise, Read([.. empty, .. IdxFiles.Gzip(Noise), .. empty, .. empty]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(5000)]
    public void Read_ZerosBehindTheLastMember_ArePaddingAndNoDamage(int zeros) =>
        Assert.Equal(Noise, Read([.. IdxFiles.Gzip(Noise), .. new byte[zeros]]));

    [Fact]
    public void Read_AnythingElseBehindTheLastMember_IsRefusedWithItsPlace()
    {
        var packed = IdxFiles.Gzip(Noise);

        Assert.Contains($"at byte {packed.Length}", Fails([.. packed, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]), StringComparison.Ordinal);
        Assert.Contains($"at byte {packed.Length + 2}", Fails([.. packed, 0, 0, 7]), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_HeaderWithEveryField_IsPassedOver()
    {
        var plain = IdxFiles.Gzip(Noise);
        byte[] all = [0x1F, 0x8B, 8, 0x1F, 1, 2, 3, 4, 0, 255, 3, 0, 9, 9, 9, .. "name"u8, 0, .. "comment"u8, 0, 1, 2, .. plain[10..]];

        Assert.Equal(Noise, Read(all));
    }

    [Fact]
    public void Read_AnyBitOfChecksumOrLengthWrong_IsRefused()
    {
        var packed = IdxFiles.Gzip(Noise);
        for (var bit = 0; bit < 64; bit++)
        {
            byte[] wrong = [.. packed];
            wrong[^(1 + (bit / 8))] ^= (byte)(1 << (bit % 8));
            Assert.Contains("member 1", Fails(wrong), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Read_FirstOfTwoMembersWrong_IsRefusedThoughTheLastIsRight()
    {
        var first = IdxFiles.Gzip(Noise);
        first[^1] ^= 1;

        Assert.Contains("member 1", Fails([.. first, .. IdxFiles.Gzip(Noise)]), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_CutAnywhere_IsRefused()
    {
        byte[] packed = [.. IdxFiles.Gzip(Noise[..400]), .. IdxFiles.Gzip(Noise[..300])];
        var whole = IdxFiles.Gzip(Noise[..400]).Length;
        for (var length = 4; length < packed.Length; length++)
        {
            if (length == whole) continue; // A file of one member, and right.
            Assert.Contains("truncated or damaged gzip file", Fails(packed[..length]), StringComparison.Ordinal);
        }
    }

    private byte[] Read(byte[] packed)
    {
        File.WriteAllBytes(_folder["file"], packed);
        return StoredFile.Read(_folder["file"], stream =>
        {
            using var all = new MemoryStream();
            stream.CopyTo(all);
            return all.ToArray();
        });
    }

    private string Fails(byte[] packed) => Assert.Single(Assert.Throws<DataException>(() => Read(packed)).Problems);
}

using ClusterTrain.Actors.Sealing;
using ClusterTrain.Cluster.Nodes;

namespace ClusterTrain.Actors.Tests.Sealing;

public class FrameSealTests
{
    private static readonly byte[] Key = ClusterSecret.Make().Key(FrameSeal.Purpose);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(128_000)]
    public void Open_WhatWasClosed_IsTheContent(int bytes)
    {
        var content = Content(bytes);
        var frame = FrameSeal.Close(Key, 7, content);

        Assert.Equal(bytes, FrameSeal.Open(Key, 7, frame));
        Assert.Equal(content, frame[..bytes]);
    }

    [Fact]
    public void Open_AnyBitChanged_IsRefused()
    {
        var frame = FrameSeal.Close(Key, 7, Content(40));
        for (var bit = 0; bit < 8 * frame.Length; bit++)
        {
            frame[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Equal(-1, FrameSeal.Open(Key, 7, frame));
            frame[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.Equal(40, FrameSeal.Open(Key, 7, frame));
    }

    [Fact]
    public void Open_RepeatedShortenedOrOfAnotherKey_IsRefused()
    {
        var frame = FrameSeal.Close(Key, 7, Content(40));

        Assert.Equal(-1, FrameSeal.Open(Key, 8, frame));
        Assert.Equal(-1, FrameSeal.Open(Key, 6, frame));
        Assert.Equal(-1, FrameSeal.Open(ClusterSecret.Make().Key(FrameSeal.Purpose), 7, frame));
        Assert.All(Enumerable.Range(0, frame.Length), length => Assert.Equal(-1, FrameSeal.Open(Key, 7, frame.AsSpan(0, length))));
    }

    [Fact]
    public void Keys_OfOtherDirectionsNumbersAndSecrets_AreAllDifferent()
    {
        var (asked, answered, other) = (FrameSeal.Nonce(), FrameSeal.Nonce(), ClusterSecret.Make().Key(FrameSeal.Purpose));
        byte[][] keys =
        [
            FrameSeal.KeyOf(Key, true, asked, answered), FrameSeal.KeyOf(Key, false, asked, answered), FrameSeal.Proof(Key, asked, answered),
            FrameSeal.KeyOf(Key, true, answered, asked), FrameSeal.KeyOf(Key, true, FrameSeal.Nonce(), answered),
            FrameSeal.KeyOf(Key, true, asked, FrameSeal.Nonce()), FrameSeal.KeyOf(other, true, asked, answered), FrameSeal.Proof(other, asked, answered),
        ];

        Assert.Equal(keys.Length, keys.Select(Convert.ToHexString).Distinct().Count());
        Assert.Equal(keys[0], FrameSeal.KeyOf(Key, true, asked, answered));
    }

    private static byte[] Content(int bytes) => [.. Enumerable.Range(0, bytes).Select(number => (byte)number)];
}

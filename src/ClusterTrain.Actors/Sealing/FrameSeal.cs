using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ClusterTrain.Actors.Sealing;

/// <summary>
/// What two nodes that know one secret show each other, over a connection on which nothing is secret: each sends a random number
/// of its own (<see cref="NonceBytes"/>); from both and the secret's key come a proof for the one who asked and one key a
/// direction, under which every frame has an HMAC-SHA256 (RFC 2104) over its number and content, cut to <see cref="TagBytes"/>. So
/// nobody else can add, change, repeat, reorder or turn round a frame. Nothing is encrypted.
/// </summary>
internal static class FrameSeal
{
    public const int NonceBytes = 32;
    public const int ProofBytes = 32;
    public const int TagBytes = 16;

    /// <summary>Purpose of the secret's key (<see cref="Cluster.Nodes.ClusterSecret.Key"/>).</summary>
    public const string Purpose = "clustertrain remoting 1";

    private const int NumberBytes = sizeof(ulong);

    public static byte[] Nonce() => RandomNumberGenerator.GetBytes(NonceBytes);

    /// <summary>What the one who was asked answers to the other's number with, beside its own: that it knows the key.</summary>
    public static byte[] Proof(byte[] key, ReadOnlySpan<byte> asked, ReadOnlySpan<byte> answered) => Derive(key, "answers"u8, asked, answered);

    /// <summary>The key of the frames that one of the two sends.</summary>
    public static byte[] KeyOf(byte[] key, bool ofWhoAsked, ReadOnlySpan<byte> asked, ReadOnlySpan<byte> answered) =>
        Derive(key, ofWhoAsked ? "asks"u8 : "serves"u8, asked, answered);

    /// <summary>Frame and tag, one after the other.</summary>
    /// <param name="key">Of the sender.</param>
    /// <param name="number">Frames that were sent before.</param>
    /// <param name="content">Any bytes.</param>
    public static byte[] Close(byte[] key, ulong number, ReadOnlySpan<byte> content)
    {
        var frame = new byte[content.Length + TagBytes];
        content.CopyTo(frame);
        Tag(key, number, content, frame.AsSpan(content.Length));
        return frame;
    }

    /// <summary>How many of a frame's bytes are content; -1 when it is not the sender's frame of this number.</summary>
    public static int Open(byte[] key, ulong number, ReadOnlySpan<byte> frame)
    {
        if (frame.Length < TagBytes) return -1;
        var content = frame[..^TagBytes];
        Span<byte> tag = stackalloc byte[TagBytes];
        Tag(key, number, content, tag);
        return CryptographicOperations.FixedTimeEquals(tag, frame[^TagBytes..]) ? content.Length : -1;
    }

    private static byte[] Derive(byte[] key, ReadOnlySpan<byte> label, ReadOnlySpan<byte> asked, ReadOnlySpan<byte> answered) =>
        HMACSHA256.HashData(key, (byte[])[.. label, 0, .. asked, .. answered]);

    private static void Tag(byte[] key, ulong number, ReadOnlySpan<byte> content, Span<byte> tag)
    {
        Span<byte> counted = stackalloc byte[NumberBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(counted, number);
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        mac.AppendData(counted);
        mac.AppendData(content);
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        mac.GetHashAndReset(whole);
        whole[..TagBytes].CopyTo(tag);
    }
}

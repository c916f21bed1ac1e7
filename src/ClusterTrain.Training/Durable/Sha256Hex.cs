using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace ClusterTrain.Training.Durable;

/// <summary>SHA-256 as it stands in a run's files: 64 lower-case hex digits.</summary>
public static class Sha256Hex
{
    public const int Digits = 64;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    public static string Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return Convert.ToHexStringLower(hash);
    }

    /// <summary>Of the text's UTF-8 bytes.</summary>
    public static string Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    /// <summary>From the stream's position to its end.</summary>
    public static string Of(Stream stream) => Convert.ToHexStringLower(SHA256.HashData(stream));

    /// <exception cref="FileFailureException">The file is missing or cannot be read.</exception>
    public static string OfFile(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return Of(stream);
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
            throw FileFailureException.For("read", path, failure);
        }
    }

    /// <summary>Whether a text is <paramref name="digits"/> lower-case hex digits.</summary>
    public static bool IsHex(ReadOnlySpan<char> text, int digits = Digits) =>
        text.Length == digits && !text.ContainsAnyExcept(HexDigits);
}

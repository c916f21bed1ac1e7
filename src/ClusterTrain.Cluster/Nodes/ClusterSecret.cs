using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace ClusterTrain.Cluster.Nodes;

/// <summary>
/// What the nodes and users of one cluster know and nobody else: asked of every request to a plane, and of every peer of
/// Akka.Remote. Never on a command line, where everyone can read it.
/// </summary>
public sealed class ClusterSecret
{
    /// <summary>Environment variable that holds one.</summary>
    public const string Variable = "CLUSTERTRAIN_SECRET";

    /// <summary>Environment variable that names a file that holds one.</summary>
    public const string FileVariable = "CLUSTERTRAIN_SECRET_FILE";

    /// <summary>Fewest characters: who records what nodes say may try as many as he likes.</summary>
    public const int LeastCharacters = 32;

    public const int MostCharacters = 256;

    /// <summary>How it is shown: <c>Authorization: Bearer SECRET</c>.</summary>
    public const string Scheme = "Bearer";

    private const int MadeBytes = 32;
    private readonly byte[] _digest;

    /// <exception cref="ArgumentException">It is none (<see cref="Problem"/>).</exception>
    public ClusterSecret(string text)
    {
        if (Problem(text) is { } problem) throw new ArgumentException(problem, nameof(text));
        (Text, _digest) = (text, SHA256.HashData(Encoding.ASCII.GetBytes(text)));
    }

    /// <summary>For whoever has to pass it on.</summary>
    public string Text { get; }

    /// <summary>A header that shows it.</summary>
    internal AuthenticationHeaderValue Header => new(Scheme, Text);

    /// <summary>A new one of 256 random bits.</summary>
    public static ClusterSecret Make() => new(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(MadeBytes)));

    /// <summary>Why a text is no secret, without repeating it; null when it is one.</summary>
    public static string? Problem(string text) =>
        text.Length is < LeastCharacters or > MostCharacters ? $"it has {text.Length} characters; allowed are {LeastCharacters} to {MostCharacters}, such as openssl rand -hex 32 makes"
        : text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~' or '+' or '/' or '=') ? null
        : "it has characters that are not allowed; allowed are ASCII letters, digits and - . _ ~ + / =";

    /// <summary>Whether this is it, in a time that says nothing of how much of it is right.</summary>
    public bool Is(string shown) => CryptographicOperations.FixedTimeEquals(_digest, SHA256.HashData(Encoding.UTF8.GetBytes(shown)));

    /// <summary>A key of 256 bits for one purpose, from which neither the secret nor another purpose's key can be found (HKDF, RFC 5869).</summary>
    public byte[] Key(string purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, _digest, 32, info: Encoding.UTF8.GetBytes(purpose));

    /// <summary>Without the secret: settings end up in logs.</summary>
    public override string ToString() => "a secret";
}

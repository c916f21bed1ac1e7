using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using ClusterTrain.Training.Durable;

namespace ClusterTrain.Runs.Verification;

/// <summary>
/// A signature of a run's root hash, in a file of its own: ECDSA (FIPS 186-5) with SHA-256 over the hash's 64 digits as ASCII, DER
/// encoded, so that other programs can check it.
/// </summary>
/// <param name="RootHash">What was signed: 64 lower-case hex digits.</param>
/// <param name="Algorithm">Always <see cref="TheAlgorithm"/>.</param>
/// <param name="PublicKey">Whose it is: SubjectPublicKeyInfo.</param>
/// <param name="Signature">DER.</param>
public sealed record RunSignature(string RootHash, string Algorithm, byte[] PublicKey, byte[] Signature)
{
    /// <summary>ECDSA over a NIST curve, P-256 for keys that are made here, with SHA-256.</summary>
    public const string TheAlgorithm = "ECDSA-SHA256";

    /// <summary>By which people tell keys apart: SHA-256 of the public key, hex.</summary>
    [JsonIgnore]
    public string KeyHash => Sha256Hex.Of(PublicKey);

    /// <summary>Signs a root hash.</summary>
    /// <param name="keyPem">A private key of an elliptic curve: PKCS#8 or SEC 1, not encrypted.</param>
    /// <exception cref="CryptographicException">The text is no such key.</exception>
    /// <exception cref="ArgumentException">It holds no key, or several.</exception>
    public static RunSignature Sign(string rootHash, string keyPem)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(keyPem);
        return new RunSignature(
            rootHash, TheAlgorithm, key.ExportSubjectPublicKeyInfo(),
            key.SignData(Encoding.ASCII.GetBytes(rootHash), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
    }

    /// <summary>A new key of P-256: private as PKCS#8, and its public part, both as PEM.</summary>
    public static (string PrivatePem, string PublicPem) NewKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return (key.ExportPkcs8PrivateKeyPem() + "\n", key.ExportSubjectPublicKeyInfoPem() + "\n");
    }

    /// <summary>The hash of the key, public or private, of a PEM text: what <see cref="KeyHash"/> is of its signatures.</summary>
    /// <inheritdoc cref="Sign" path="/exception"/>
    public static string HashOfKey(string keyPem)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(keyPem);
        return Sha256Hex.Of(key.ExportSubjectPublicKeyInfo());
    }

    /// <exception cref="FileFailureException">The file cannot be read, or holds no signature.</exception>
    public static RunSignature Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), SignatureJson.Default.RunSignature)
                ?? throw new JsonException("it is empty");
        }
        catch (Exception failure) when (failure is JsonException || FileFailureException.IsFileFailure(failure))
        {
            throw new FileFailureException($"{path} is no signature of a run: {failure.Message}", failure);
        }
    }

    /// <summary>Whether the key signed the hash.</summary>
    public bool IsValid()
    {
        if (Algorithm != TheAlgorithm) return false;
        try
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(PublicKey, out var read);
            return read == PublicKey.Length && key.VerifyData(
                Encoding.ASCII.GetBytes(RootHash), Signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (Exception failure) when (failure is CryptographicException or PlatformNotSupportedException)
        {
            return false; // no key, or one of a curve that nobody has
        }
    }

    /// <exception cref="FileFailureException">The file cannot be written.</exception>
    public void Write(string path) => AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(this, SignatureJson.Default.RunSignature));
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n", RespectNullableAnnotations = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RunSignature))]
internal sealed partial class SignatureJson : JsonSerializerContext;

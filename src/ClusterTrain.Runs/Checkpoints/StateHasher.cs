using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using ClusterTrain.Runs.Safetensors;

namespace ClusterTrain.Runs.Checkpoints;

/// <summary>The hash of a whole state: two states with the same hash are the same to the bit.</summary>
/// <remarks>
/// SHA-256 over, for each tensor in the given order and without separators:
/// <list type="number">
/// <item>length of the name in UTF-8 bytes, u32 little-endian; the name in UTF-8</item>
/// <item>number of sides, u32 little-endian; each side, u32 little-endian</item>
/// <item>the elements, row-major, float32 little-endian bits as they are (-0 and NaN payloads included)</item>
/// </list>
/// The lengths in front make the layout unambiguous. No file format takes part, so hashes outlive formats.
/// </remarks>
internal static class StateHasher
{
    /// <returns>64 lower-case hex digits.</returns>
    public static string Hash(IEnumerable<NamedTensor<float>> tensors)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var tensor in tensors)
        {
            var name = Encoding.UTF8.GetBytes(tensor.Name);
            Append(hash, name.Length);
            hash.AppendData(name);
            Append(hash, tensor.Shape.Count);
            foreach (var side in tensor.Shape)
                Append(hash, side);
            hash.AppendData(tensor.Bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        hash.AppendData(bytes);
    }
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ClusterTrain.Training.Data.Sources;

namespace ClusterTrain.Training.Data;

/// <summary>From stored rows to values, and what a data set's hash is over: bytes as stored, or numbers as float32 little-endian.</summary>
internal static class RowHash
{
    /// <summary>Byte b as brightness: b / 255 in single precision, by division and not by a reciprocal.</summary>
    private static readonly float[] Brightness = [.. Enumerable.Range(0, 256).Select(b => b / 255f)];

    /// <summary>Hashes and decodes rows.</summary>
    /// <param name="target">[rows, features].</param>
    public static void Decode(LabelledRows source, int[] rows, Span<float> target, IncrementalHash hash)
    {
        if (!source.AreBytes)
        {
            source.Values(rows, target);
            hash.AppendData(MemoryMarshal.AsBytes(target));
            return;
        }

        var pixels = source.Pixels(rows);
        hash.AppendData(pixels);
        for (var i = 0; i < pixels.Length; i++) target[i] = Brightness[pixels[i]];
    }

    /// <summary>As int32, little-endian.</summary>
    public static void AppendNumbers(IncrementalHash hash, params ReadOnlySpan<int> numbers)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        foreach (var number in numbers)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
            hash.AppendData(bytes);
        }
    }
}

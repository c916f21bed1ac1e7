using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ClusterTrain.Numerics.Tensors;
using ClusterTrain.Training.State;

namespace ClusterTrain.Testing;

/// <summary>A hash of all that a state is: two states with the same one go on to the same bits.</summary>
public static class StateBits
{
    public static string Of(ModelState state)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(BitConverter.GetBytes(state.Version));
        Append(hash, state.Parameters.Span);
        Append(hash, state.Previous.Parameters.Span);
        foreach (var moment in state.Moments) Append(hash, moment.Span);
        if (state.Average is { } average) Append(hash, average.Span);
        return $"{state.Version}:{Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }

    public static string Of(RunState state) =>
        $"{Of(state.Model)} best {(state.Best is { } best ? Of(best) : "none")} {state.Stopping}";

    public static RunState Copy(RunState state) => new(state.Model.Copy(), state.Best?.Copy(), state.Stopping);

    public static byte[] Bytes(AlignedBuffer buffer) => MemoryMarshal.AsBytes(buffer.Span).ToArray();

    private static void Append(IncrementalHash hash, ReadOnlySpan<float> values) =>
        hash.AppendData(MemoryMarshal.AsBytes(values));
}

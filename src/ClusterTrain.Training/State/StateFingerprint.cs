using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace ClusterTrain.Training.State;

/// <summary>
/// A fast 128-bit fingerprint of a state, the same however the state is divided. Each segment of at most 1,024 floats is
/// hashed by two multilinear sums mod 2^64 with odd pseudo-random multipliers (Carter and Wegman 1979; Lemire and Kaser
/// 2014), weighted by the segment's own odd multiplier, and all segments are added. It finds any single changed value
/// for certain and other differences but for about one in 2^64; it is no defence against forgery, which is what the
/// SHA-256 at checkpoints is for.
/// </summary>
public readonly record struct StateFingerprint(ulong First, ulong Second)
{
    /// <summary>Floats of a segment.</summary>
    public const int SegmentLength = 1024;

    private static readonly ulong[] FirstMultipliers = Multipliers(0x243F6A8885A308D3);
    private static readonly ulong[] SecondMultipliers = Multipliers(0x13198A2E03707344);

    public static StateFingerprint operator +(StateFingerprint a, StateFingerprint b) =>
        new(a.First + b.First, a.Second + b.Second);

    public static StateFingerprint Add(StateFingerprint a, StateFingerprint b) => a + b;

    /// <summary>One row of a tensor.</summary>
    /// <param name="slot">0 for weights, then the optimizer's moments.</param>
    /// <param name="offset">Where the row starts in the flat vector.</param>
    /// <param name="values">The row.</param>
    public static StateFingerprint OfRow(int slot, int offset, ReadOnlySpan<float> values)
    {
        var sum = default(StateFingerprint);
        for (var start = 0; start < values.Length; start += SegmentLength)
        {
            var segment = values.Slice(start, Math.Min(SegmentLength, values.Length - start));
            var identity = ((ulong)(uint)slot << 56) | (uint)(offset + start);
            var (first, second) = Multilinear(segment);
            sum += new StateFingerprint(first * (Mix(identity) | 1), second * (Mix(~identity) | 1));
        }

        return sum;
    }

    /// <summary>32 lower-case hex digits.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{First:x16}{Second:x16}");

    private static (ulong First, ulong Second) Multilinear(ReadOnlySpan<float> values)
    {
        var words = MemoryMarshal.Cast<float, ulong>(values);
        var vectors = MemoryMarshal.Cast<ulong, Vector<ulong>>(words);
        var firsts = MemoryMarshal.Cast<ulong, Vector<ulong>>(FirstMultipliers)[..vectors.Length];
        var seconds = MemoryMarshal.Cast<ulong, Vector<ulong>>(SecondMultipliers)[..vectors.Length];
        var (firstLanes, secondLanes) = (Vector<ulong>.Zero, Vector<ulong>.Zero);
        for (var i = 0; i < vectors.Length; i++)
        {
            firstLanes += vectors[i] * firsts[i];
            secondLanes += vectors[i] * seconds[i];
        }

        var (first, second) = (Vector.Sum(firstLanes), Vector.Sum(secondLanes));
        for (var i = vectors.Length * Vector<ulong>.Count; i < words.Length; i++)
        {
            first += words[i] * FirstMultipliers[i];
            second += words[i] * SecondMultipliers[i];
        }

        if ((values.Length & 1) == 0) return (first, second);
        var last = BitConverter.SingleToUInt32Bits(values[^1]);
        return (first + (last * FirstMultipliers[words.Length]), second + (last * SecondMultipliers[words.Length]));
    }

    private static ulong[] Multipliers(ulong seed)
    {
        var multipliers = new ulong[SegmentLength / 2];
        for (var i = 0; i < multipliers.Length; i++) multipliers[i] = Mix(seed + (ulong)i) | 1;
        return multipliers;
    }

    // SplitMix64's finalizer (Steele, Lea and Flood 2014).
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}

using System.Numerics;
using System.Runtime.InteropServices;

namespace ClusterTrain.Training.Reduction;

/// <summary>Elementwise sums of rows: the only additions of the reduction.</summary>
internal static class RowAddition
{
    /// <summary>target += row.</summary>
    public static void Add(ReadOnlySpan<float> row, Span<float> target)
    {
        var rows = MemoryMarshal.Cast<float, Vector<float>>(row);
        var targets = MemoryMarshal.Cast<float, Vector<float>>(target);
        for (var i = 0; i < targets.Length; i++) targets[i] += rows[i];
        for (var i = targets.Length * Vector<float>.Count; i < target.Length; i++) target[i] += row[i];
    }

    /// <summary>target += 0, which turns -0 into +0 as adding a dense row of zeros would.</summary>
    public static void AddZero(Span<float> target)
    {
        var targets = MemoryMarshal.Cast<float, Vector<float>>(target);
        for (var i = 0; i < targets.Length; i++) targets[i] += Vector<float>.Zero;
        for (var i = targets.Length * Vector<float>.Count; i < target.Length; i++) target[i] += 0f;
    }
}

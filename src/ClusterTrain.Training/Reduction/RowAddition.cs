using System.Numerics;
using System.Runtime.InteropServices;

namespace ClusterTrain.Training.Reduction;

/// <summary>What a row that a shard dropped adds.</summary>
internal static class RowAddition
{
    /// <summary>target += 0, which turns -0 into +0 as adding a dense row of zeros would.</summary>
    public static void AddZero(Span<float> target)
    {
        var targets = MemoryMarshal.Cast<float, Vector<float>>(target);
        for (var i = 0; i < targets.Length; i++) targets[i] += Vector<float>.Zero;
        for (var i = targets.Length * Vector<float>.Count; i < target.Length; i++) target[i] += 0f;
    }
}

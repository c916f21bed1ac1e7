using System.Numerics;
using System.Runtime.InteropServices;

namespace ClusterTrain.Training.Commit;

/// <summary>The watch for divergence.</summary>
public static class Finite
{
    /// <summary>Whether no value is NaN or infinite. A value times 0 is 0 exactly when it is finite, NaN otherwise.</summary>
    public static bool All(ReadOnlySpan<float> values)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        var sum = Vector<float>.Zero;
        foreach (var vector in vectors) sum += vector * Vector<float>.Zero;
        var rest = 0f;
        foreach (var value in values[(vectors.Length * Vector<float>.Count)..]) rest += value * 0f;
        return Vector.Sum(sum) + rest == 0f;
    }
}

using ClusterTrain.Numerics.Fixed;
using ClusterTrain.Numerics.Randomness;

namespace ClusterTrain.Numerics.Augmentation;

/// <summary>Independent normal numbers added to values.</summary>
public static class GaussianNoise
{
    private const double TwoTo32 = 4294967296.0;

    /// <summary>
    /// Adds deviation * z to each value, z standard normal by the inverse of its distribution: one number of the stream a
    /// value, from <paramref name="first"/> on. No |z| is above 6.4.
    /// </summary>
    /// <param name="values">Any length, changed in place; not clipped.</param>
    /// <param name="deviation">Standard deviation, 0 or more; 0 changes nothing.</param>
    /// <param name="stream">Gives the numbers.</param>
    /// <param name="first">A multiple of 4, since numbers come in blocks of four.</param>
    public static void Add(Span<float> values, double deviation, RandomStream stream, long first = 0)
    {
        if (deviation == 0) return;
        ArgumentOutOfRangeException.ThrowIfNotEqual(first & 3, 0);
        for (var i = 0; i < values.Length; i += 4)
        {
            var block = stream.Block((uint)((first + i) >> 2));
            values[i] += Normal(block.Word0, deviation);
            if (i + 1 < values.Length) values[i + 1] += Normal(block.Word1, deviation);
            if (i + 2 < values.Length) values[i + 2] += Normal(block.Word2, deviation);
            if (i + 3 < values.Length) values[i + 3] += Normal(block.Word3, deviation);
        }
    }

    private static float Normal(uint word, double deviation) =>
        (float)(deviation * FixedMath.InverseNormal((word + 0.5) / TwoTo32));
}

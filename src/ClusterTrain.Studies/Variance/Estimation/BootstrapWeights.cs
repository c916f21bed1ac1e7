using ClusterTrain.Training.Data;
using ClusterTrain.Training.Data.Sources;

namespace ClusterTrain.Studies.Variance.Estimation;

/// <summary>
/// How often each draw of the bootstrap takes each test row (Efron 1979). The same draws serve every arm, which makes
/// differences between arms paired.
/// </summary>
internal sealed class BootstrapWeights
{
    private const ulong Seed = 0x424F4F54; // "BOOT"
    private readonly byte[][] _counts;

    /// <param name="seed">The study's.</param>
    /// <param name="draws">2 or more.</param>
    /// <param name="rows">Test rows.</param>
    public BootstrapWeights(long seed, int draws, int rows)
    {
        (Draws, Rows, _counts) = (draws, rows, new byte[draws][]);
        for (var draw = 0; draw < draws; draw++)
        {
            var random = new DataRandom(Seed ^ (ulong)seed, (ulong)draw);
            var counts = _counts[draw] = new byte[rows];
            for (var i = 0; i < rows; i++) counts[random.Below(rows)]++;
        }
    }

    public int Draws { get; }

    public int Rows { get; }

    /// <summary>The mean of [rows] numbers in each draw.</summary>
    public double[] Means(double[] numbers)
    {
        var means = new double[Draws];
        for (var draw = 0; draw < Draws; draw++) means[draw] = Sum(_counts[draw], numbers) / Rows;
        return means;
    }

    // Four chains: one alone would wait for each addition.
    private static double Sum(ReadOnlySpan<byte> counts, ReadOnlySpan<double> numbers)
    {
        var (s0, s1, s2, s3) = (0.0, 0.0, 0.0, 0.0);
        var i = 0;
        for (; i + 3 < numbers.Length; i += 4)
        {
            s0 += counts[i] * numbers[i];
            s1 += counts[i + 1] * numbers[i + 1];
            s2 += counts[i + 2] * numbers[i + 2];
            s3 += counts[i + 3] * numbers[i + 3];
        }

        for (; i < numbers.Length; i++) s0 += counts[i] * numbers[i];
        return s0 + s1 + (s2 + s3);
    }
}

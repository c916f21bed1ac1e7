namespace ClusterTrain.Training.Work;

/// <summary>The parameters at one version: the full network's flat vector.</summary>
/// <param name="Version">
/// Number of steps that made them. A mean of the weights up to a version has a number of its own, <see cref="OfAverage"/>: both are
/// asked for by number, and must not be taken for each other.
/// </param>
public sealed record ParameterSnapshot(long Version, ReadOnlyMemory<float> Parameters)
{
    private const long Averages = 1L << 41;

    /// <summary>The number of the mean of the weights up to a version.</summary>
    public static long OfAverage(long version) => version + Averages;

    /// <summary>Whether a number is a mean's.</summary>
    public static bool IsAverage(long version) => version >= Averages;

    /// <summary>Steps that made what has this number, be it weights or a mean of them.</summary>
    public static long StepsOf(long version) => IsAverage(version) ? version - Averages : version;
}

namespace ClusterTrain.Numerics.Networks;

/// <summary>
/// The values that inputs can have, to which attacks and noise in their wake are clipped: [0, 1] for pictures, for a table each
/// column's own.
/// </summary>
public sealed class InputRange
{
    /// <summary>[0, 1] for every input.</summary>
    public static readonly InputRange Unit = new([], []);

    private readonly float[] _low;
    private readonly float[] _high;

    private InputRange(float[] low, float[] high) => (_low, _high) = (low, high);

    /// <summary>Whether every input is in [0, 1].</summary>
    public bool IsUnit => _low.Length == 0;

    /// <summary>Smallest value of each input, [features]; empty when all are in [0, 1].</summary>
    public ReadOnlySpan<float> Lowest => _low;

    /// <summary>Largest value of each input, [features]; empty when all are in [0, 1].</summary>
    public ReadOnlySpan<float> Highest => _high;

    /// <summary>A range for each input.</summary>
    /// <param name="low">[features].</param>
    /// <param name="high">[features], none below its <paramref name="low"/>.</param>
    public static InputRange Of(ReadOnlySpan<float> low, ReadOnlySpan<float> high)
    {
        if (low.Length == 0 || low.Length != high.Length)
            throw new ArgumentException($"{low.Length} lowest and {high.Length} highest values; as many of both are wanted.", nameof(high));
        for (var i = 0; i < low.Length; i++)
            if (!(low[i] <= high[i]))
                throw new ArgumentException($"Input {i} is from {low[i]} to {high[i]}, which is no range.", nameof(high));
        return new InputRange(low.ToArray(), high.ToArray());
    }

    public float Low(int feature) => IsUnit ? 0f : _low[feature];

    public float High(int feature) => IsUnit ? 1f : _high[feature];

    /// <summary>From the lowest to the highest value of an input.</summary>
    public float Span(int feature) => High(feature) - Low(feature);

    /// <summary>The widest span of any of so many inputs: the Linf ball of that radius around any row holds every row.</summary>
    public double Widest(int features) => IsUnit ? 1 : Enumerable.Range(0, features).Max(feature => (double)Span(feature));

    /// <summary>Distance of the farthest two corners: the L2 ball of that radius around any row holds every row.</summary>
    public double Diagonal(int features) =>
        Math.Sqrt(IsUnit ? features : Enumerable.Range(0, features).Sum(feature => (double)Span(feature) * Span(feature)));

    public float Clamp(int feature, float value) => IsUnit ? Math.Clamp(value, 0f, 1f) : Math.Clamp(value, _low[feature], _high[feature]);

    /// <summary>Clips a row in place, [features].</summary>
    public void Clamp(Span<float> row)
    {
        for (var i = 0; i < row.Length; i++) row[i] = Clamp(i, row[i]);
    }
}

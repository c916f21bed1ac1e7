using ClusterTrain.Training.Data.Sources;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Training.Data;

/// <summary>
/// What is done to the values of the files before anything sees them: (value - offset) / divisor, with figures of the training
/// rows alone, so that nothing of validation and test rows leaks into a model.
/// </summary>
/// <param name="Offset">One for each column of a table; one for all values of pictures.</param>
/// <param name="Divisor">As many, above 0; a column without any spread has 1.</param>
public sealed record DataScaling(ScaleChoice Choice, IReadOnlyList<double> Offset, IReadOnlyList<double> Divisor)
{
    /// <summary>The scaling that a spec asks for; null for none, and where pictures are bytes, which are in [0, 1] as they are.</summary>
    /// <exception cref="DataException">Pictures cannot be scaled so.</exception>
    internal static DataScaling? Of(ScaleChoice choice, DatasetSource source, Examples train)
    {
        if (choice == ScaleChoice.None) return null;
        if (!source.IsTable && choice == ScaleChoice.Standard)
            throw new DataException("data.scale: standard is for tables; values of pictures stay in [0, 1]: make normalize the network's first layer instead");
        if (source.Train.AreBytes && source.Test.AreBytes) return null;
        ReadOnlySpan<float> values = train.Inputs.Span[..(train.Rows * train.Features)];
        var columns = source.IsTable ? train.Features : 1;
        var (offset, divisor) = (new double[columns], new double[columns]);
        for (var column = 0; column < columns; column++)
            (offset[column], divisor[column]) = choice == ScaleChoice.Unit ? Extent(values, column, columns) : Moments(values, column, columns);
        return new DataScaling(choice, offset, divisor);
    }

    /// <summary>Scales rows in place.</summary>
    /// <param name="values">[rows, features].</param>
    public void Apply(Span<float> values)
    {
        for (var i = 0; i < values.Length; i++) values[i] = Of(values[i], i % Offset.Count);
        if (Choice != ScaleChoice.Unit || Offset.Count > 1) return;
        // Pictures: brighter than the brightest training value is as bright as it.
        foreach (ref var value in values) value = Math.Clamp(value, 0f, 1f);
    }

    /// <summary>One value.</summary>
    public float Of(float value, int column) => (float)((value - Offset[column]) / Divisor[column]);

    private static (double, double) Extent(ReadOnlySpan<float> values, int column, int columns)
    {
        var (low, high) = (float.PositiveInfinity, float.NegativeInfinity);
        for (var i = column; i < values.Length; i += columns)
            (low, high) = (Math.Min(low, values[i]), Math.Max(high, values[i]));
        return (low, high > low ? (double)high - low : 1);
    }

    // Two passes in row order, in double precision.
    private static (double, double) Moments(ReadOnlySpan<float> values, int column, int columns)
    {
        var (sum, squares, count) = (0.0, 0.0, values.Length / columns);
        for (var i = column; i < values.Length; i += columns) sum += values[i];
        var mean = sum / count;
        for (var i = column; i < values.Length; i += columns) squares += (values[i] - mean) * (values[i] - mean);
        return (mean, squares > 0 ? Math.Sqrt(squares / count) : 1);
    }
}

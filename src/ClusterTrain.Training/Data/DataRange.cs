using System.Globalization;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Training.Data.Sources;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Training.Data;

/// <summary>What the inputs of a data set can be.</summary>
internal static class DataRange
{
    /// <summary>
    /// [0, 1] for pictures. For a table what each column has in all files, scaled: every clean row is within it, so that an
    /// attack's ball holds its own centre.
    /// </summary>
    /// <exception cref="DataException">Pictures have values outside [0, 1].</exception>
    /// <param name="extra">Rows of another data set that are trained on too, or null.</param>
    public static InputRange Of(DataSpec spec, DatasetSource source, LabelledRows? extra, DataScaling? scaling)
    {
        LabelledRows[] all = extra is null ? [source.Train, source.Test] : [source.Train, source.Test, extra];
        if (all.All(rows => rows.AreBytes)) return InputRange.Unit;
        var columns = source.IsTable ? source.Features : 1;
        var (low, high) = (new float[columns], new float[columns]);
        low.AsSpan().Fill(float.PositiveInfinity);
        high.AsSpan().Fill(float.NegativeInfinity);
        foreach (var rows in all)
        {
            var values = rows.AllValues;
            for (var i = 0; i < values.Length; i++)
            {
                var column = i % columns;
                (low[column], high[column]) = (Math.Min(low[column], values[i]), Math.Max(high[column], values[i]));
            }
        }

        if (source.IsTable)
        {
            for (var column = 0; column < columns && scaling is not null; column++)
                (low[column], high[column]) = (scaling.Of(low[column], column), scaling.Of(high[column], column));
            return InputRange.Of(low, high);
        }

        return scaling is not null || (low[0] >= 0 && high[0] <= 1)
            ? InputRange.Unit
            : throw new DataException(
                $"data set '{spec.Name}'{(extra is null ? "" : $" with '{spec.Extra}'")}: pictures have values from {Number(low[0])} to {Number(high[0])}, 0 to 1 expected, or whole numbers from 0 to 255; "
                + "bring them there, or set data.scale: unit");
    }

    private static string Number(float value) => value.ToString(CultureInfo.InvariantCulture);
}

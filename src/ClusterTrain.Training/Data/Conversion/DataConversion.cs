using System.Globalization;
using ClusterTrain.Training.Data.Sources;
using ClusterTrain.Training.Durable;

namespace ClusterTrain.Training.Data.Conversion;

/// <summary>Writes a data set anew, as what was read of it: the folder that comes out has the same rows in the same order.</summary>
public static class DataConversion
{
    /// <summary>Formats to write, by name.</summary>
    public static IReadOnlyDictionary<string, Action<DatasetSource, string>> Writers { get; } =
        new Dictionary<string, Action<DatasetSource, string>>(StringComparer.Ordinal)
        {
            ["npz"] = NpzWriter.Write,
            ["idx"] = IdxWriter.Write,
        };

    /// <param name="folder">Made; must not be there yet.</param>
    /// <exception cref="DataException">The data set cannot be read, or the folder is there.</exception>
    /// <exception cref="FileFailureException">The folder cannot be written.</exception>
    public static void Write(DatasetSource source, string format, string folder)
    {
        if (Path.Exists(folder)) throw new DataException($"{folder}: is there already: remove it, or name another folder with --out");
        try
        {
            Directory.CreateDirectory(folder);
            Writers[format](source, folder);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{folder}: cannot be written: {failure.Message}");
        }
    }

    /// <summary>Sizes of a half's array: grey pictures leave out their channel.</summary>
    internal static int[] Sizes(DatasetSource source, LabelledRows rows) =>
        source.Shape is [1, var height, var width] ? [rows.Rows, height, width] : [rows.Rows, .. source.Shape];

    /// <summary>The number that each class was called by, or null where any was called by a name.</summary>
    internal static long[]? Numbers(DatasetSource source)
    {
        if (source.ClassNames.Count == 0) return [.. Enumerable.Range(0, source.Classes).Select(index => (long)index)];
        var numbers = new long[source.Classes];
        for (var i = 0; i < numbers.Length; i++)
            if (!long.TryParse(source.ClassNames[i], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out numbers[i]))
                return null;
        return numbers;
    }

    /// <summary>Rows of a half, block by block: bytes as they are, or numbers as float32.</summary>
    /// <param name="onFloats">Sees a block of numbers.</param>
    internal static void Blocks(DatasetSource source, LabelledRows half, Action<byte[]> onBytes, Action<float[]> onFloats)
    {
        const int block = 4096;
        for (var first = 0; first < half.Rows; first += block)
        {
            int[] rows = [.. Enumerable.Range(first, Math.Min(block, half.Rows - first))];
            if (half.AreBytes)
            {
                onBytes(half.Pixels(rows));
                continue;
            }

            var values = new float[rows.Length * source.Features];
            half.Values(rows, values);
            onFloats(values);
        }
    }
}

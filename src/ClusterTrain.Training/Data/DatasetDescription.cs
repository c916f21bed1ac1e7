using System.Security.Cryptography;
using ClusterTrain.Training.Data.Sources;

namespace ClusterTrain.Training.Data;

/// <summary>What <c>data describe</c> tells of a data set, from all of its rows.</summary>
/// <param name="Format">How it lies there: <c>IDX</c>, <c>NumPy</c>.</param>
/// <param name="Folder">Null where it is built in.</param>
/// <param name="Source">Its rows.</param>
/// <param name="TrainRows">Rows of each class, in the training files.</param>
/// <param name="TestRows">Rows of each class, in the test files.</param>
/// <param name="Lowest">Smallest value of each column of a table; one for pictures.</param>
/// <param name="Highest">Largest value of each column of a table; one for pictures.</param>
/// <param name="Hash">SHA-256 over all rows and labels in their order, lower-case hex: the same in every format.</param>
public sealed record DatasetDescription(
    string Name, string Format, string? Folder, DatasetSource Source, IReadOnlyList<int> TrainRows, IReadOnlyList<int> TestRows,
    IReadOnlyList<float> Lowest, IReadOnlyList<float> Highest, string Hash)
{
    private const int BlockRows = 4096;

    /// <summary>Reads a data set whole.</summary>
    /// <exception cref="DataException">Everything that is wrong with it.</exception>
    public static DatasetDescription Of(string name, DataLocations locations)
    {
        var (source, format, folder) = DatasetLoader.Open(name, locations);
        var columns = source.IsTable ? source.Features : 1;
        var (low, high) = (new float[columns], new float[columns]);
        low.AsSpan().Fill(float.PositiveInfinity);
        high.AsSpan().Fill(float.NegativeInfinity);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        RowHash.AppendNumbers(hash, [.. source.Shape, source.Classes]);
        foreach (var half in new[] { source.Train, source.Test })
        {
            RowHash.AppendNumbers(hash, half.Rows);
            for (var first = 0; first < half.Rows; first += BlockRows)
            {
                int[] rows = [.. Enumerable.Range(first, Math.Min(BlockRows, half.Rows - first))];
                var values = new float[rows.Length * source.Features];
                RowHash.Decode(half, rows, values, hash);
                for (var i = 0; i < values.Length; i++)
                {
                    var column = i % columns;
                    (low[column], high[column]) = (Math.Min(low[column], values[i]), Math.Max(high[column], values[i]));
                }
            }

            hash.AppendData([.. Enumerable.Range(0, half.Rows).Select(half.Label)]);
        }

        return new DatasetDescription(
            name, format, folder, source, Counts(source.Train), Counts(source.Test), low, high, Convert.ToHexStringLower(hash.GetHashAndReset()));

        int[] Counts(LabelledRows rows)
        {
            var counts = new int[source.Classes];
            for (var row = 0; row < rows.Rows; row++) counts[rows.Label(row)]++;
            return counts;
        }
    }

    /// <summary>Values of a row of the training files as the network sees them without any scaling, [features].</summary>
    public float[] Row(int row)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var values = new float[Source.Features];
        RowHash.Decode(Source.Train, [row], values, hash);
        return values;
    }
}

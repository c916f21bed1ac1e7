using System.Globalization;

namespace ClusterTrain.Training.Data.Sources;

/// <summary>What a format found of one half of a data set, before it is known what it is.</summary>
/// <param name="Values">[rows] and more sizes; pictures have their channels first.</param>
/// <param name="Labels">One a row.</param>
internal sealed record FoundRows(NumberArray Values, FoundLabels Labels)
{
    /// <summary>What the columns of a table are called; empty where nothing says so.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    private static readonly float[] Brightness = [.. Enumerable.Range(0, 256).Select(b => b / 255f)];

    /// <summary>
    /// A data set of two halves. Rows of two or three sizes are pictures, of one size a table, of more a table too. Pictures of
    /// whole numbers from 0 to 255, and of fractions that are all so many 255ths, are bytes: the same rows are the same data
    /// set, whatever format they come in.
    /// </summary>
    /// <exception cref="DataException">Every problem of both halves.</exception>
    public static DatasetSource Combine(FoundRows train, FoundRows test)
    {
        var problems = new List<string>();
        var (shape, other) = (ShapeOf(train.Values.Shape), ShapeOf(test.Values.Shape));
        if (!other.SequenceEqual(shape))
        {
            problems.Add(
                $"{test.Values.Path}: {Kind(other)} of {Sides(test.Values)}, {Sides(train.Values)} expected as in {train.Values.Path}");
        }

        foreach (var half in new[] { train, test })
        {
            if (half.Values.Rows != half.Labels.Count)
                problems.Add($"{half.Labels.Path}: {half.Labels.Count} labels, but {half.Values.Rows} {Kind(shape)} in {half.Values.Path}");
            if (half.NotFinite() is { } problem) problems.Add(problem);
        }

        var labels = ClassLabels.Of(train.Labels, test.Labels, problems);
        if (problems.Count > 0) throw new DataException(problems);
        var features = shape.Aggregate(1, (product, side) => product * side);
        if (shape.Count == 3 && train.AsBytes() is { } trainBytes && test.AsBytes() is { } testBytes)
        {
            return new DatasetSource(
                shape, labels.Classes, LabelledRows.Of(labels.Train, trainBytes, features), LabelledRows.Of(labels.Test, testBytes, features))
            { ClassNames = labels.Names };
        }

        return new DatasetSource(
            shape, labels.Classes, LabelledRows.OfValues(labels.Train, train.Values.ToFloats(), features),
            LabelledRows.OfValues(labels.Test, test.Values.ToFloats(), features))
        { ClassNames = labels.Names, ColumnNames = shape.Count == 1 && train.Columns.Count == features ? train.Columns : [] };
    }

    /// <summary>Channels, height, width of a picture, whose grey ones may leave the channels out; anything else is a table's columns.</summary>
    public static IReadOnlyList<int> ShapeOf(IReadOnlyList<int> sizes) => sizes.Count switch
    {
        2 => [1, .. sizes],
        3 => sizes,
        _ => [sizes.Aggregate(1, (product, size) => product * size)],
    };

    /// <summary>Some of the rows, in the order asked for.</summary>
    public FoundRows Take(IReadOnlyList<int> rows)
    {
        var features = Values.Length / Values.Rows;
        return this with
        {
            Values = Values with { Sizes = [rows.Count, .. Values.Shape], Bytes = Picked(Values.Bytes), Floats = Picked(Values.Floats) },
            Labels = Labels with
            {
                Texts = Labels.Texts is { } texts ? [.. rows.Select(row => texts[row])] : null,
                Numbers = Labels.Numbers is { } numbers ? [.. rows.Select(row => numbers[row])] : null,
                Place = row => Labels.Place(rows[row]),
            },
        };

        T[]? Picked<T>(T[]? from)
        {
            if (from is null) return null;
            var picked = new T[rows.Count * features];
            for (var i = 0; i < rows.Count; i++) from.AsSpan(rows[i] * features, features).CopyTo(picked.AsSpan(i * features));
            return picked;
        }
    }

    private static string Kind(IReadOnlyList<int> shape) => shape.Count == 3 ? "images" : "rows";

    private static string Sides(NumberArray values) => string.Join(" x ", values.Shape);

    private string? NotFinite()
    {
        if (Values.Floats is not { } values) return null;
        var wrong = Array.FindIndex(values, value => !float.IsFinite(value));
        if (wrong < 0) return null;
        var features = values.Length / Values.Rows;
        var column = wrong % features;
        var name = Columns.Count == features ? $"column {Columns[column]}" : $"value {column}";
        return $"{Values.Path}: {Labels.Place(wrong / features)}, {name}: {values[wrong].ToString(CultureInfo.InvariantCulture)} is no finite single-precision number; "
            + "leave the row out, or fill the value in";
    }

    // Brightness as bytes, or null where the numbers are something else.
    private byte[]? AsBytes()
    {
        if (Values.Bytes is { } already) return already;
        var (values, bytes) = (Values.Floats!, new byte[Values.Length]);
        for (var i = 0; i < bytes.Length; i++)
        {
            var value = values[i];
            if (!(value >= 0 && value <= 255)) return null;
            var nearest = (int)((Values.AreIntegers ? value : value * 255f) + 0.5f);
            if (nearest > 255 || (Values.AreIntegers ? nearest : Brightness[nearest]) != value) return null;
            bytes[i] = (byte)nearest;
        }

        return bytes;
    }
}

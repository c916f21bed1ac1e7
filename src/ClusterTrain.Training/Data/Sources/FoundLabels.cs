using System.Globalization;

namespace ClusterTrain.Training.Data.Sources;

/// <summary>Labels as a file has them: numbers or names.</summary>
/// <param name="Path">The file, for messages.</param>
/// <param name="Texts">One a row, or null where labels are numbers.</param>
/// <param name="Numbers">One a row, or null where labels are names.</param>
internal sealed record FoundLabels(string Path, IReadOnlyList<string>? Texts, IReadOnlyList<double>? Numbers)
{
    /// <summary>How messages call a row: its place, counted from 0, unless the file counts otherwise.</summary>
    public Func<int, string> Place { get; init; } = row => $"row {row}";

    public int Count => Texts?.Count ?? Numbers!.Count;

    public string Text(int row) => Texts is null ? Numbers![row].ToString("R", CultureInfo.InvariantCulture) : Texts[row];

    /// <summary>Numbers as names.</summary>
    public FoundLabels AsTexts() => Texts is null ? this with { Texts = [.. Enumerable.Range(0, Count).Select(Text)], Numbers = null } : this;

    /// <summary>Names that are all numbers as numbers; else as they are.</summary>
    public FoundLabels AsNumbers()
    {
        if (Texts is null) return this;
        var numbers = new double[Texts.Count];
        for (var row = 0; row < numbers.Length; row++)
        {
            if (!double.TryParse(Texts[row], NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out numbers[row]))
                return this;
        }

        return this with { Texts = null, Numbers = numbers };
    }
}

/// <summary>Which class each label is. Labels need not begin at 0 nor be without gaps: what they were becomes the class's name.</summary>
/// <param name="Names">In the order of class indices; empty where labels are 0, 1, 2 and so on, without a name.</param>
internal sealed record ClassLabels(int Classes, IReadOnlyList<string> Names, byte[] Train, byte[] Test)
{
    private const int MostClasses = 256;

    /// <summary>Classes in the order of their numbers, or of their names' code points; those of the training file.</summary>
    /// <param name="train">One or more.</param>
    /// <param name="problems">Gets one line for each thing that is wrong; the result is of no use then.</param>
    public static ClassLabels Of(FoundLabels train, FoundLabels test, List<string> problems)
    {
        var (first, second) = (train.AsNumbers(), test.AsNumbers());
        if (first.Texts is null != second.Texts is null) (first, second) = (train.AsTexts(), test.AsTexts());
        if (first.Numbers is not null && (Fraction(first) ?? Fraction(second)) is { } fraction)
        {
            problems.Add(fraction);
            return new(0, [], [], []);
        }

        string[] keys = first.Numbers is { } numbers
            ? [.. numbers.Distinct().Order().Select(number => number.ToString("R", CultureInfo.InvariantCulture))]
            : [.. first.Texts!.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (keys.Length > MostClasses)
            problems.Add($"{train.Path}: {keys.Length} different labels, {MostClasses} classes at most; classes are learned here, not quantities (no regression)");
        if (keys.Length < 2)
            problems.Add($"{train.Path}: all labels are {keys[0]}, two or more classes expected");
        if (problems.Count > 0) return new(0, [], [], []);
        var index = keys.Select((key, i) => (key, i)).ToDictionary(pair => pair.key, pair => (byte)pair.i, StringComparer.Ordinal);
        var isPlain = first.Numbers is not null && keys.Select((key, i) => key == i.ToString(CultureInfo.InvariantCulture)).All(same => same);
        var expected = isPlain ? $"0 to {keys.Length - 1}" : string.Join(", ", keys.Take(12)) + (keys.Length > 12 ? " and so on" : "");
        return new(keys.Length, isPlain ? [] : keys, Indices(first), Indices(second));

        byte[] Indices(FoundLabels labels)
        {
            var indices = new byte[labels.Count];
            for (var row = 0; row < indices.Length; row++)
            {
                if (index.TryGetValue(labels.Text(row), out indices[row])) continue;
                problems.Add($"{labels.Path}: {labels.Place(row)} has label {labels.Text(row)}, {expected} expected");
                break;
            }

            return indices;
        }
    }

    private static string? Fraction(FoundLabels labels)
    {
        for (var row = 0; row < labels.Count; row++)
        {
            var label = labels.Numbers![row];
            if (label != Math.Floor(label) || double.IsInfinity(label))
                return $"{labels.Path}: {labels.Place(row)} has label {labels.Text(row)}, a whole number or a name expected; classes are learned here, not quantities (no regression)";
        }

        return null;
    }
}

namespace ClusterTrain.Training.Data.Sources;

/// <summary>
/// Which rows test where no files of their own do: of each class the same share, drawn by the seed of the data set and never by
/// that of a run, so that all runs are tested on the same rows and none trains on them.
/// </summary>
internal static class HeldOut
{
    private const ulong Purpose = 0x544553545FUL; // "TEST_"

    /// <summary>Rows that train and rows that test, both in the order of the files.</summary>
    /// <param name="labels">Of each row.</param>
    /// <param name="share">Of each class, rounded to whole rows; a class of two or more keeps one on each side.</param>
    public static (int[] Train, int[] Test) Draw(IReadOnlyList<string> labels, double share, long seed)
    {
        var tests = new bool[labels.Count];
        var classes = Enumerable.Range(0, labels.Count).GroupBy(row => labels[row], StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal);
        foreach (var (index, group) in classes.Index())
        {
            var rows = group.ToArray();
            var random = new DataRandom((ulong)seed ^ Purpose, (ulong)index);
            var wanted = rows.Length < 2 ? 0 : Math.Clamp((int)Math.Floor((rows.Length * share) + 0.5), 1, rows.Length - 1);
            for (var i = 0; i < wanted; i++)
            {
                var other = i + random.Below(rows.Length - i);
                (rows[i], rows[other]) = (rows[other], rows[i]);
                tests[rows[i]] = true;
            }
        }

        return ([.. Enumerable.Range(0, tests.Length).Where(row => !tests[row])], [.. Enumerable.Range(0, tests.Length).Where(row => tests[row])]);
    }

    /// <summary>The same of rows that lie in memory.</summary>
    /// <exception cref="DataException">No class has the two rows that it takes.</exception>
    public static (FoundRows Train, FoundRows Test) Draw(FoundRows all, FolderSettings settings)
    {
        if (all.Values.Rows != all.Labels.Count)
            throw new DataException($"{all.Labels.Path}: {all.Labels.Count} labels, but {all.Values.Rows} rows in {all.Values.Path}");
        var (train, test) = Draw([.. Enumerable.Range(0, all.Labels.Count).Select(all.Labels.Text)], settings.TestShare, settings.Seed);
        return test.Length > 0
            ? (all.Take(train), all.Take(test))
            : throw new DataException($"{all.Labels.Path}: {all.Labels.Count} rows, none of a class with two; two or more of each class expected, one to train and one to test");
    }
}

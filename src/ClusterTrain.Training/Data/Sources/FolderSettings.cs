using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Yaml;

namespace ClusterTrain.Training.Data.Sources;

public enum HeaderChoice
{
    /// <summary>A first row that is no number where the second one has one.</summary>
    Auto,
    Yes,
    No,
}

public enum ChannelChoice
{
    /// <summary>Where there are one, three or four.</summary>
    Auto,
    First,
    Last,
}

/// <summary>
/// What <c>dataset.yaml</c> in a data set's folder says of files that do not say it themselves. It may be missing, and so may
/// every key.
/// </summary>
public sealed record FolderSettings
{
    public const string FileName = "dataset.yaml";

    [Option("Column with the classes of a CSV or TSV file: its name, or its place from 1; -1 is the last one. Empty: a column called label, class, target or y, else the last one")]
    public string Label { get; init; } = "";

    [Option("Whether the first row of a CSV or TSV file names the columns; auto: when it has no number where the second row has one")]
    public HeaderChoice Header { get; init; }

    [Option("What stands between the cells of a CSV file, one character or tab; empty: the one of comma, semicolon, tab and bar that the first row has most of")]
    public string Separator { get; init; } = "";

    [Option("Where NPY pictures of four sizes have their channels; auto: where there are 1, 3 or 4 of them")]
    public ChannelChoice Channels { get; init; }

    [Option("Height and width that all pictures of a folder are resized to, such as [32, 32]; empty: all have one size already", Min = 1, Max = 4096, Unit = "pixels")]
    public IReadOnlyList<int> Size { get; init; } = [];

    [Option("Share of each class that tests, where no files of their own do", Min = 0, AboveMin = true, Max = 0.9)]
    public double TestShare { get; init; } = 0.2;

    [Option("Seed of that draw; it belongs to the data set and not to a run", Min = 0, Max = 9007199254740992)]
    public long Seed { get; init; } = 1;

    /// <summary>Of a folder; the defaults where it has no such file.</summary>
    /// <exception cref="DataException">Everything that is wrong with the file.</exception>
    public static FolderSettings Of(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return new FolderSettings();
        var text = StoredFile.Read(path, stream => new StreamReader(stream).ReadToEnd());
        var (root, unreadable) = SpecNodeReader.Read(text, path);
        if (unreadable is not null) throw new DataException(unreadable.Plain());
        var binder = new SpecBinder(new FolderSettings());
        var settings = (FolderSettings)binder.Bind(root);
        var problems = binder.Problems.Where(problem => problem.Severity == SpecSeverity.Error).Select(problem => problem.Plain()).ToList();
        if (settings.Size.Count is not (0 or 2)) problems.Add($"{path}: size has {settings.Size.Count} numbers; allowed: height and width, such as [32, 32]");
        if (settings.Separator.Length > 1 && settings.Separator != "tab") problems.Add($"{path}: separator is '{settings.Separator}'; allowed: one character, or tab");
        return problems.Count > 0 ? throw new DataException(problems) : settings;
    }
}

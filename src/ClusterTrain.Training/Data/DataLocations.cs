using ClusterTrain.Training.Data.Caching;

namespace ClusterTrain.Training.Data;

/// <summary>The folders in which data set folders are looked for, first to last.</summary>
public sealed record DataLocations(IReadOnlyList<string> Folders)
{
    /// <summary>The environment variable that names a folder of data sets.</summary>
    public const string Variable = "CLUSTERTRAIN_DATA";

    /// <summary>Where rows are kept that cost much to make of files; null for nowhere.</summary>
    public RowCache? Cache { get; init; }

    /// <summary>The places users are promised: <c>--data</c>, then the environment's folder, then <c>./data</c>.</summary>
    /// <param name="option">Value of <c>--data</c>, or null.</param>
    /// <param name="variable">Value of <see cref="Variable"/>, or null; empty counts as not set.</param>
    /// <param name="currentFolder">The folder that <c>./data</c> and relative paths start from.</param>
    public static DataLocations Of(string? option, string? variable, string currentFolder)
    {
        var folders = new[] { option, variable, "data" }
            .Where(folder => !string.IsNullOrWhiteSpace(folder))
            .Select(folder => Path.GetFullPath(folder!, currentFolder))
            .Distinct(StringComparer.Ordinal);
        return new DataLocations([.. folders]);
    }

    /// <summary>
    /// The first folder that has a sub-folder <paramref name="name"/>, complete or not: what is missing in it is then
    /// reported instead of something else being read. Null when there is none.
    /// </summary>
    public string? Find(string name) =>
        Folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(Directory.Exists);
}

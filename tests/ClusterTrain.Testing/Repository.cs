namespace ClusterTrain.Testing;

/// <summary>The source tree these tests were built from.</summary>
public static class Repository
{
    public static string Root { get; } = Find();

    public static IReadOnlyList<string> Projects { get; } = Files("src", "*.csproj");

    /// <summary>Files below a folder, what builds have written excepted.</summary>
    public static IReadOnlyList<string> Files(string folder, string pattern) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"))
            .Order(StringComparer.Ordinal),
    ];

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "ClusterTrain.sln")))
                return folder.FullName;
        throw new InvalidOperationException($"There is no ClusterTrain.sln above {AppContext.BaseDirectory}.");
    }
}

using ClusterTrain.Node.Cli;
using ClusterTrain.Runs.Results;

namespace ClusterTrain.Node.Commands;

/// <summary>Where runs lie when the user names no folder: <c>runs/NAME</c>, then <c>runs/NAME-2</c>, and so on.</summary>
internal static class RunFolders
{
    private static readonly NumberedFolders Numbered = new("runs", "run");

    /// <inheritdoc cref="NumberedFolders.Fresh"/>
    public static string Fresh(Surroundings surroundings, string name) => Numbered.Fresh(surroundings, name);

    /// <inheritdoc cref="NumberedFolders.Newest"/>
    public static string Newest(Surroundings surroundings, string name) => Numbered.Newest(surroundings, name);

    /// <summary>The folder of a run that must exist.</summary>
    public static RunFolder Existing(Surroundings surroundings, string path)
    {
        var full = surroundings.PathOf(path);
        if (!File.Exists(Path.Combine(full, RunFolder.SpecName)))
            throw new WrongInputException($"{path}: there is no run here (no {RunFolder.SpecName})");
        return new RunFolder(full);
    }

    /// <summary>A path as the user would type it: relative when below the current folder.</summary>
    public static string Shown(Surroundings surroundings, string path)
    {
        var relative = Path.GetRelativePath(surroundings.Folder, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }
}

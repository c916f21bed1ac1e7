using ClusterTrain.Node.Cli;
using ClusterTrain.Training.Results;

namespace ClusterTrain.Node.Commands;

/// <summary>Where runs lie when the user names no folder: <c>runs/NAME</c>, then <c>runs/NAME-2</c>, and so on.</summary>
internal static class RunFolders
{
    private const string Parent = "runs";

    /// <summary>The first folder of this name that does not exist yet.</summary>
    public static string Fresh(Surroundings surroundings, string name)
    {
        for (var number = 1; ; number++)
            if (!Path.Exists(Numbered(surroundings, name, number)))
                return Numbered(surroundings, name, number);
    }

    /// <summary>The newest folder of this name.</summary>
    public static string Newest(Surroundings surroundings, string name)
    {
        var number = 1;
        if (!Directory.Exists(Numbered(surroundings, name, number)))
            throw new WrongInputException($"--resume: there is no run in {Numbered(surroundings, name, 1)}; name its folder with --out DIR");
        while (Directory.Exists(Numbered(surroundings, name, number + 1))) number++;
        return Numbered(surroundings, name, number);
    }

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

    private static string Numbered(Surroundings surroundings, string name, int number) =>
        surroundings.PathOf(Path.Combine(Parent, number == 1 ? name : $"{name}-{number}"));
}

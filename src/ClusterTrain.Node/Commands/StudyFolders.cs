using ClusterTrain.Node.Cli;
using ClusterTrain.Training.Variance.Studies;

namespace ClusterTrain.Node.Commands;

/// <summary>Where studies lie when the user names no folder: <c>studies/NAME</c>, then <c>studies/NAME-2</c>, and so on.</summary>
internal static class StudyFolders
{
    private const string Parent = "studies";

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
            throw new WrongInputException($"--resume: there is no study in {Numbered(surroundings, name, 1)}; name its folder with --out DIR");
        while (Directory.Exists(Numbered(surroundings, name, number + 1))) number++;
        return Numbered(surroundings, name, number);
    }

    /// <summary>The folder of a study that must exist.</summary>
    public static StudyFolder Existing(Surroundings surroundings, string path)
    {
        var folder = new StudyFolder(surroundings.PathOf(path));
        return File.Exists(folder.StudyPath)
            ? folder : throw new WrongInputException($"{path}: there is no study here (no {StudyFolder.StudyName})");
    }

    private static string Numbered(Surroundings surroundings, string name, int number) =>
        surroundings.PathOf(Path.Combine(Parent, number == 1 ? name : $"{name}-{number}"));
}

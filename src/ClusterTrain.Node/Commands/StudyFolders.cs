using ClusterTrain.Node.Cli;
using ClusterTrain.Studies.Variance.Arms;

namespace ClusterTrain.Node.Commands;

/// <summary>Where studies lie when the user names no folder: <c>studies/NAME</c>, then <c>studies/NAME-2</c>, and so on.</summary>
internal static class StudyFolders
{
    private static readonly NumberedFolders Numbered = new("studies", "study");

    /// <inheritdoc cref="NumberedFolders.Fresh"/>
    public static string Fresh(Surroundings surroundings, string name) => Numbered.Fresh(surroundings, name);

    /// <inheritdoc cref="NumberedFolders.Newest"/>
    public static string Newest(Surroundings surroundings, string name) => Numbered.Newest(surroundings, name);

    /// <summary>The folder of a study that must exist.</summary>
    public static StudyFolder Existing(Surroundings surroundings, string path)
    {
        var folder = new StudyFolder(surroundings.PathOf(path));
        return File.Exists(folder.StudyPath)
            ? folder : throw new WrongInputException($"{path}: there is no study here (no {StudyFolder.StudyName})");
    }
}

using ClusterTrain.Node.Cli;
using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.Durable;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Node.Line;

/// <summary>A file of a run's folder, as others may have it.</summary>
/// <param name="Name">Below the folder, with '/' between folders.</param>
/// <param name="Bytes">Its length.</param>
internal sealed record KeptFile(string Name, long Bytes)
{
    // A run has some twenty files; a folder with more than this is not one that this program made.
    private const int Most = 10_000;

    private static readonly EnumerationOptions Plain = new()
    {
        RecurseSubdirectories = true, MaxRecursionDepth = 2, AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Hidden | FileAttributes.System,
    };

    /// <summary>
    /// The files of a run, by name. Without what is of the moment: the claim, the processes at work, files that are being
    /// written; and without links, which may lead out of the folder.
    /// </summary>
    public static IReadOnlyList<KeptFile> Of(string folder) =>
    [
        .. new DirectoryInfo(folder).EnumerateFiles("*", Plain)
            .Where(file => file.Name is not (RunClaim.FileName or RunClaim.LifeName or RunFolder.ProcessesName) && file.Extension != AtomicFile.TemporarySuffix)
            .Take(Most).Select(file => new KeptFile(Path.GetRelativePath(folder, file.FullName).Replace('\\', '/'), file.Length))
            .OrderBy(file => file.Name, StringComparer.Ordinal),
    ];

    /// <summary>The path of a file that a user names: one of those that there are, and nothing else.</summary>
    /// <exception cref="WrongInputException">There is no such file.</exception>
    public static string PathOf(string folder, string name)
    {
        var names = Of(folder).Select(file => file.Name).ToList();
        return names.Contains(name, StringComparer.Ordinal) ? Path.Combine(folder, name) : throw Unknown(name, names);
    }

    public static WrongInputException Unknown(string name, IReadOnlyList<string> names) =>
        new($"{name}: the run has no such file{NearestName.Hint(name, names)}");
}

using ClusterTrain.Training.Durable;

namespace ClusterTrain.Node.Line;

/// <summary>Tells whether two servers have the same folder of runs: a file in it, made once, with a number that no other has.</summary>
internal static class FolderId
{
    public const string FileName = ".folder";

    /// <exception cref="FileFailureException">The folder cannot be written.</exception>
    public static string Of(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            Directory.CreateDirectory(folder);
            if (!File.Exists(path)) Make(path);
            return File.ReadAllText(path).Trim();
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
            throw FileFailureException.For("write", folder, failure);
        }
    }

    // Moved to its place whole: of two servers that make it at once, one has made it.
    private static void Make(string path)
    {
        var own = $"{path}.{Guid.NewGuid():N}{AtomicFile.TemporarySuffix}";
        File.WriteAllText(own, $"{Guid.NewGuid():N}\n");
        try
        {
            File.Move(own, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(own);
        }
    }
}

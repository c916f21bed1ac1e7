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
            var id = $"{Guid.NewGuid():N}";
            FirstFile.Make(path, id + "\n", maker: id);
            return File.ReadAllText(path).Trim();
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
            throw FileFailureException.For("write", folder, failure);
        }
    }
}

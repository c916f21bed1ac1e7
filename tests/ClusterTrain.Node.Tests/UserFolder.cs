namespace ClusterTrain.Node.Tests;

/// <summary>The folder of a user's own settings, for every program that the tests start: not that of who runs them.</summary>
internal static class UserFolder
{
    public const string Variable = "XDG_CONFIG_HOME";

    private static readonly TemporaryFolder Folder = new();

    public static string Path => Folder.FullPath;
}

namespace ClusterTrain.Node.Tests.Clusters;

/// <summary>Real data sets, where this machine has them.</summary>
internal static class SharedData
{
    /// <summary><c>shared/data</c> beside any folder above the tests, or null.</summary>
    public static string? Folder { get; } = Above(new DirectoryInfo(AppContext.BaseDirectory));

    private static string? Above(DirectoryInfo? folder)
    {
        for (; folder is not null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, "shared", "data") is var data && Directory.Exists(data))
                return data;
        return null;
    }
}

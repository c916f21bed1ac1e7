namespace ClusterTrain.Testing;

/// <summary>An empty folder of its own for one test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string FullPath { get; } = Directory.CreateTempSubdirectory("clustertrain-test-").FullName;

    public string this[string name] => Path.Combine(FullPath, name);

    public IReadOnlyList<string> Names =>
        [.. Directory.EnumerateFileSystemEntries(FullPath).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(FullPath, recursive: true);
}

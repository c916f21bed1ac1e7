using System.IO.Compression;

namespace ClusterTrain.Training.Tests.Data;

/// <summary>
/// Data sets that other programs wrote (<c>Files/make_files.py</c>: NumPy, Python's csv and gzip, Pillow with libjpeg), unpacked once.
/// </summary>
public sealed class OwnFiles : IDisposable
{
    private readonly TestFolder _folder = new();

    public OwnFiles() => ZipFile.ExtractToDirectory(
        Path.Combine(Repository.Root, "tests", "ClusterTrain.Training.Tests", "Data", "Files", "own.zip"), _folder.Path);

    public string FullPath => _folder.Path;

    /// <summary>The path of a file in a data set's folder.</summary>
    public string this[params string[] names] => _folder[names];

    public void Dispose() => _folder.Dispose();
}

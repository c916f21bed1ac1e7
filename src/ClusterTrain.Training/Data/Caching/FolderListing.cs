using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ClusterTrain.Training.Data.Caching;

/// <summary>What a data set's folder shows of its files without opening one.</summary>
/// <param name="Hash">SHA-256 over the files' relative names, sizes and times of change in ticks, in the order of names.</param>
/// <param name="Bytes">Of all files.</param>
/// <param name="Newest">When one of them was changed last.</param>
internal sealed record FolderListing(string Hash, long Bytes, DateTime Newest)
{
    // train/CLASS/picture: formats look no further.
    private static readonly EnumerationOptions Deep = new()
    {
        RecurseSubdirectories = true, MaxRecursionDepth = 2, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.None,
    };

    public static FolderListing Of(string folder)
    {
        var files = new DirectoryInfo(folder).EnumerateFiles("*", Deep)
            .Select(file => (Name: Path.GetRelativePath(folder, file.FullName), File: Real(file))).ToList();
        files.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        var (bytes, newest) = (0L, DateTime.MinValue);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, file) in files)
        {
            var (size, changed) = (file.Length, file.LastWriteTimeUtc);
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{name}\0{size}\0{changed.Ticks}\n")));
            (bytes, newest) = (bytes + size, changed > newest ? changed : newest);
        }

        return new FolderListing(Convert.ToHexStringLower(hash.GetHashAndReset()), bytes, newest);
    }

    // A link stays as it is when the file that it names changes.
    private static FileInfo Real(FileInfo file) =>
        file.Attributes.HasFlag(FileAttributes.ReparsePoint) && file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo { Exists: true } target ? target : file;
}

using System.IO.Compression;
using System.Security.Cryptography;

namespace ClusterTrain.Training.Data.Sources;

/// <summary>Files as they may lie in a data set's folder, raw or gzip, told apart by the name's end.</summary>
public static class StoredFile
{
    /// <summary>
    /// The path of <paramref name="name"/> in <paramref name="folder"/>: the raw file, else the <c>.gz</c>, else null.
    /// The raw one wins when both exist, being faster to read; checksums are over decoded content and hold for both.
    /// </summary>
    public static string? Locate(string folder, string name)
    {
        var raw = Path.Combine(folder, name);
        if (File.Exists(raw)) return raw;
        return File.Exists(raw + ".gz") ? raw + ".gz" : null;
    }

    public static bool IsGzip(string path) => path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a file, decoded unless <paramref name="isArchive"/>.</summary>
    /// <exception cref="DataException">Missing, damaged, or not to be read.</exception>
    public static T Read<T>(string path, Func<Stream, T> read, bool isArchive = false)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);
            if (isArchive || !IsGzip(path)) return read(file);
            using var decoded = new GZipStream(file, CompressionMode.Decompress);
            return read(decoded);
        }
        catch (InvalidDataException damaged)
        {
            throw new DataException($"{path}: truncated or damaged gzip file ({damaged.Message})");
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path}: cannot be read: {failed.Message}");
        }
    }

    /// <summary>SHA-256 of the decoded file, whatever it holds, lower-case hex; of an archive, of the file itself.</summary>
    /// <param name="most">Bytes after which the file is given up: a small file may decode to a huge one.</param>
    /// <exception cref="DataException">Missing, damaged, or longer than <paramref name="most"/>.</exception>
    public static string Hash(string path, long most, bool isArchive = false) => Read(path, stream =>
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var chunk = new byte[1 << 16];
        long total = 0;
        for (int got; (got = stream.Read(chunk)) > 0;)
        {
            total += got;
            if (total > most) throw new DataException($"{path}: longer than the {most} {(isArchive ? "" : "decoded ")}bytes expected");
            hash.AppendData(chunk, 0, got);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }, isArchive);
}

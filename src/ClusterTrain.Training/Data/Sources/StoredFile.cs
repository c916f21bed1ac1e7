using System.Security.Cryptography;

namespace ClusterTrain.Training.Data.Sources;

/// <summary>Files as they may lie in a data set's folder, raw or gzip, told apart by what is in them and not by their names.</summary>
public static class StoredFile
{
    /// <summary>No deflate stream grows by more than this factor: a header that asks for more cannot be true.</summary>
    private const long LargestInflation = 1032;

    private const int StartBytes = 512;

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

    /// <summary>Most bytes that a file can decode to.</summary>
    /// <exception cref="DataException">Missing, or not to be read.</exception>
    public static long MostDecoded(string path) => Open(path, MostDecoded);

    /// <summary>The same of a file that is open.</summary>
    internal static long MostDecoded(Stream file) => GzipMembers.Begins(Start(file)) ? file.Length * LargestInflation : file.Length;

    /// <summary>Reads a file, decoded unless <paramref name="isArchive"/>.</summary>
    /// <exception cref="DataException">Missing, damaged, or not to be read.</exception>
    public static T Read<T>(string path, Func<Stream, T> read, bool isArchive = false) => Open(path, file => Decoded(file, read, isArchive));

    /// <summary>The same of a file that is open.</summary>
    /// <param name="path">For messages.</param>
    /// <param name="file">At its start; can seek.</param>
    internal static T Read<T>(string path, Stream file, Func<Stream, T> read) => Guarded(path, () => Decoded(file, read, isArchive: false));

    /// <summary>What a file holds as it is, not decoded.</summary>
    /// <exception cref="DataException">Missing, or not to be read.</exception>
    internal static byte[] Whole(string path) => Guarded(path, () => File.ReadAllBytes(path));

    /// <summary>Opens a file as it is, not decoded.</summary>
    /// <exception cref="DataException">Missing, damaged, or not to be read.</exception>
    internal static T Open<T>(string path, Func<Stream, T> read) => Guarded(path, () =>
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);
        return read(file);
    });

    /// <summary>Decoded bytes of an archive's stream.</summary>
    internal static Stream Unzipped(Stream packed) => new GzipMembers(packed);

    /// <summary>
    /// What a file is that is not what was wanted, as the tail of a message, with what to do about it; empty where it looks like
    /// nothing that is known.
    /// </summary>
    public static string Guess(string path)
    {
        if (!File.Exists(path)) return "";
        try
        {
            return Read(path, stream =>
            {
                var start = new byte[StartBytes];
                var text = start.AsSpan(0, stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false));
                var shown = System.Text.Encoding.Latin1.GetString(text).TrimStart('\u00EF', '\u00BB', '\u00BF', ' ', '\t', '\r', '\n');
                return shown.StartsWith("<!doctype", StringComparison.OrdinalIgnoreCase) || shown.StartsWith("<html", StringComparison.OrdinalIgnoreCase)
                        || shown.StartsWith("<?xml", StringComparison.OrdinalIgnoreCase)
                    ? "; it is a web page, as servers send in place of a file that they do not have: get the file again"
                    : text.Length > 262 && text.Slice(257, 5).SequenceEqual("ustar"u8) ? "; it is a tar archive: unpack it into the folder"
                    : text.StartsWith("PK\u0003\u0004"u8) ? "; it is a zip archive: unpack it into the folder"
                    : "";
            });
        }
        catch (DataException)
        {
            return "";
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

    private static T Decoded<T>(Stream file, Func<Stream, T> read, bool isArchive)
    {
        if (isArchive || !GzipMembers.Begins(Start(file))) return read(file);
        using var decoded = new GzipMembers(file);
        return read(decoded);
    }

    private static T Guarded<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException damaged)
        {
            throw new DataException($"{path}: truncated or damaged gzip file ({damaged.Message}): get it again");
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path}: cannot be read: {failed.Message}");
        }
    }

    private static byte[] Start(Stream file)
    {
        var start = new byte[4];
        var got = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        file.Position = 0;
        return start[..got];
    }
}

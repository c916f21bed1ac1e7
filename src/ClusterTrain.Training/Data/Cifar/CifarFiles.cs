using System.Formats.Tar;
using ClusterTrain.Training.Data.Sources;

namespace ClusterTrain.Training.Data.Cifar;

/// <summary>
/// The files of a CIFAR folder: raw or <c>.gz</c>, in the folder or in the one that the archive unpacks to, or in the archive itself.
/// </summary>
/// <param name="folder">The data set's folder.</param>
/// <param name="archive">Name of the archive as it is downloaded.</param>
/// <param name="unpacked">Name of the folder in it.</param>
/// <param name="most">Bytes after which a file is given up: a small file may decode to a huge one.</param>
internal sealed class CifarFiles(string folder, string archive, string unpacked, int most)
{
    private string Archive => Path.Combine(folder, archive);

    /// <summary>Whether any of these files is there.</summary>
    public bool HasAny(IEnumerable<string> names) => File.Exists(Archive) || names.Any(name => Locate(name) is not null);

    /// <summary>What each of these files holds, decoded; those that are nowhere are left out.</summary>
    /// <exception cref="DataException">Every file that is damaged or cannot be read.</exception>
    public IReadOnlyDictionary<string, StoredBytes> Read(IReadOnlyCollection<string> names)
    {
        var there = names.Where(name => Locate(name) is not null).ToArray();
        if (there.Length == 0 && File.Exists(Archive)) return StoredFile.Read(Archive, stream => Unpack(stream, names), isArchive: true);
        var (read, problems) = (new StoredBytes?[there.Length], new string?[there.Length]);
        Parallel.For(0, there.Length, i =>
        {
            var path = Locate(there[i])!;
            try
            {
                read[i] = new StoredBytes(path, StoredFile.Read(path, stream => Whole(path, stream)));
            }
            catch (DataException damaged)
            {
                problems[i] = damaged.Message;
            }
        });
        if (problems.Any(problem => problem is not null)) throw new DataException([.. problems.OfType<string>()]);
        return there.Zip(read).ToDictionary(pair => pair.First, pair => pair.Second!, StringComparer.Ordinal);
    }

    private string? Locate(string name) =>
        StoredFile.Locate(folder, name) ?? StoredFile.Locate(Path.Combine(folder, unpacked), name);

    private Dictionary<string, StoredBytes> Unpack(Stream packed, IReadOnlyCollection<string> names)
    {
        var found = new Dictionary<string, StoredBytes>(StringComparer.Ordinal);
        using var decoded = StoredFile.Unzipped(packed);
        using var tar = new TarReader(decoded);
        while (tar.GetNextEntry() is { } entry)
        {
            var name = entry.Name[(entry.Name.LastIndexOf('/') + 1)..];
            if (!names.Contains(name) || entry.DataStream is not { } content) continue;
            var path = $"{Archive}, {entry.Name}";
            found[name] = new StoredBytes(path, Whole(path, content));
        }

        return found;
    }

    private byte[] Whole(string path, Stream stream)
    {
        using var bytes = new MemoryStream();
        var chunk = new byte[1 << 16];
        for (int got; (got = stream.Read(chunk)) > 0;)
        {
            if (bytes.Length + got > most) throw new DataException($"{path}: longer than the {most} bytes that can be held");
            bytes.Write(chunk, 0, got);
        }

        return bytes.ToArray();
    }
}

/// <summary>A file's decoded content, and where it is for messages.</summary>
internal sealed record StoredBytes(string Path, byte[] Bytes);

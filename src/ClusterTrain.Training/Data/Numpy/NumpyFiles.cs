using System.IO.Compression;
using System.IO.Hashing;
using ClusterTrain.Training.Data.Sources;

namespace ClusterTrain.Training.Data.Numpy;

/// <summary>The arrays of a folder: one NPZ archive, or an NPY file for each.</summary>
internal sealed class NumpyFiles
{
    // No deflate stream grows by more.
    private const long LargestInflation = 1032;

    private readonly string _folder;
    private readonly string[] _archives;

    public NumpyFiles(string folder)
    {
        _folder = folder;
        _archives = Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder, "*.npz").Order(StringComparer.Ordinal)] : [];
    }

    public bool HasAny(IEnumerable<string> names) => _archives.Length > 0 || names.Any(name => Locate(name) is not null);

    /// <summary>Reads some of the arrays, by the first of their names that is there; those that are nowhere are left out.</summary>
    /// <param name="read">From an array's path for messages, its stream and the bytes that it can have.</param>
    /// <exception cref="DataException">The archive is damaged, or what <paramref name="read"/> finds.</exception>
    public Dictionary<string, T> Read<T>(IReadOnlyCollection<string> names, Func<string, string, Stream, long, T> read)
    {
        if (_archives.Length > 1)
            throw new DataException($"{_folder}: holds {string.Join(" and ", _archives.Select(Path.GetFileName))}; one NPZ file expected");
        if (_archives.Length == 1) return StoredFile.Open(_archives[0], file => Unzip(_archives[0], file, names, read));
        return names.Where(name => Locate(name) is not null).ToDictionary(
            name => name,
            name =>
            {
                var path = Locate(name)!;
                var most = StoredFile.MostDecoded(path);
                return StoredFile.Read(path, stream => read(name, path, stream, most));
            },
            StringComparer.Ordinal);
    }

    private string? Locate(string name) => StoredFile.Locate(_folder, name + ".npy");

    /// <summary>The arrays of an archive that is open.</summary>
    internal static Dictionary<string, T> Unzip<T>(string path, Stream file, IReadOnlyCollection<string> names, Func<string, string, Stream, long, T> read)
    {
        var found = new Dictionary<string, T>(StringComparer.Ordinal);
        try
        {
            using var zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
            foreach (var name in names)
            {
                var entry = zip.Entries.FirstOrDefault(one => one.FullName.Equals(name + ".npy", StringComparison.OrdinalIgnoreCase));
                if (entry is null) continue;
                var place = $"{path}, {entry.FullName}";
                if (entry.Length < 0 || entry.CompressedLength < 0 || entry.CompressedLength > file.Length || entry.Length > entry.CompressedLength * LargestInflation)
                    throw new DataException($"{place}: truncated or damaged: {entry.CompressedLength} packed bytes cannot be {entry.Length}");
                using var stream = new Checked(entry.Open(), place, entry.Crc32);
                found[name] = read(name, place, stream, entry.Length);
                stream.RequireWhole();
            }
        }
        catch (DataException)
        {
            throw;
        }
        catch (Exception damaged) when (damaged is InvalidDataException or NotSupportedException or ArgumentException or OverflowException or EndOfStreamException)
        {
            throw new DataException($"{path}: truncated or damaged NPZ file ({damaged.Message.TrimEnd('.')}){StoredFile.Guess(path)}");
        }

        return found;
    }

    /// <summary>An entry of an archive, compared with its checksum at its end.</summary>
    private sealed class Checked(Stream entry, string place, uint expected) : Stream
    {
        private readonly Crc32 _checksum = new();

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public void RequireWhole()
        {
            var rest = new byte[4096];
            while (Read(rest) > 0)
            {
            }

            if (_checksum.GetCurrentHashAsUInt32() != expected)
                throw new DataException($"{place}: damaged: its checksum is not that of its content: save or get it again");
        }

        public override int Read(Span<byte> buffer)
        {
            var got = entry.Read(buffer);
            _checksum.Append(buffer[..got]);
            return got;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) entry.Dispose();
            base.Dispose(disposing);
        }
    }
}

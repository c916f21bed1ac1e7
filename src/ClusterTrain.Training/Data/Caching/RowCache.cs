using ClusterTrain.Training.Data.Sources;
using ClusterTrain.Training.Durable;

namespace ClusterTrain.Training.Data.Caching;

/// <summary>
/// Rows that were made of files once, kept for the next start: of formats whose reading costs more than reading the rows. Taken when the
/// data set's folder shows the same files and the same build of the program reads them, and when they have the hash that they were
/// written with. Whatever is wrong with the cache, the files are read.
/// </summary>
/// <param name="folder">Made when it is missing.</param>
/// <param name="note">Takes a line for the user, where one helps.</param>
public sealed class RowCache(string folder, TimeProvider time, Action<string> note)
{
    /// <summary>The environment variable that names the folder.</summary>
    public const string Variable = "CLUSTERTRAIN_CACHE";

    /// <summary>Its value for no cache at all.</summary>
    public const string Off = "off";

    private const string Ending = ".rows";
    private const string UnfinishedEnding = ".part";
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // A file that was changed so short a time ago may be changed again within one tick of its file system's clock.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    // Another build may read the same files in another way.
    private static readonly string Reader = typeof(RowCache).Module.ModuleVersionId.ToString();

    /// <summary>Where rows are kept.</summary>
    public string Folder => folder;

    /// <summary>Bytes of files from which on rows are kept.</summary>
    public long LeastBytes { get; init; } = 4L << 20;

    /// <summary>Data sets that are kept at most, those that were used last.</summary>
    public int MostSets { get; init; } = 8;

    /// <summary>Bytes of all that is kept, at most.</summary>
    public long MostBytes { get; init; } = 4L << 30;

    /// <summary>
    /// The user's: <c>CLUSTERTRAIN_CACHE</c>, else <c>clustertrain</c> in <c>XDG_CACHE_HOME</c> or <c>~/.cache</c> (Windows:
    /// <c>%LOCALAPPDATA%</c>). Null where there is no such place, or it is off.
    /// </summary>
    public static RowCache? Of(Func<string, string?> variable, string currentFolder, TimeProvider time, Action<string> note)
    {
        var parent = variable(OperatingSystem.IsWindows() ? "LOCALAPPDATA" : "XDG_CACHE_HOME") is { Length: > 0 } own ? own
            : !OperatingSystem.IsWindows() && variable("HOME") is { Length: > 0 } home ? Path.Combine(home, ".cache") : null;
        var place = variable(Variable) is { Length: > 0 } given ? given : parent is null ? null : Path.Combine(parent, "clustertrain");
        return place is null or Off ? null : new RowCache(Path.GetFullPath(place, currentFolder), time, note);
    }

    /// <summary>The rows of a folder: those that are kept, or <paramref name="read"/>'s.</summary>
    /// <exception cref="DataException">The files cannot be read.</exception>
    internal DatasetSource Get(IDataFormat format, string dataFolder, Func<DatasetSource> read)
    {
        var (start, listing) = (time.GetUtcNow().UtcDateTime, Listing(dataFolder));
        if (listing is null || listing.Bytes < LeastBytes) return read();
        var key = $"{Reader} {format.Name} {listing.Hash}";
        var path = Path.Combine(folder, Sha256Hex.Of(Path.GetFullPath(dataFolder))[..32] + Ending);
        if (Kept(path, key) is { } kept) return kept;
        var source = read();
        if (listing.Newest < start - Settled && Listing(dataFolder) == listing) Keep(path, key, source);
        return source;
    }

    private static FolderListing? Listing(string dataFolder)
    {
        try
        {
            return FolderListing.Of(dataFolder);
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
            return null;
        }
    }

    private DatasetSource? Kept(string path, string key)
    {
        try
        {
            if (!File.Exists(path)) return null;
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
            var kept = StoredRows.Read(stream, key);
            if (kept is not null) Touch(path);
            return kept;
        }
        catch (Exception wrong) when (wrong is InvalidDataException or EndOfStreamException or FormatException || FileFailureException.IsFileFailure(wrong))
        {
            note($"note: {path} is {(wrong is InvalidDataException ? wrong.Message : "not to be read")}: the data set's files are read anew");
            return null;
        }
    }

    private void Keep(string path, string key, DatasetSource source)
    {
        if (StoredRows.Length(source) is not { } length || length > MostBytes) return;
        var unfinished = $"{path}.{Environment.ProcessId}.{Environment.CurrentManagedThreadId}{UnfinishedEnding}";
        try
        {
            Directory.CreateDirectory(folder);
            MakeRoom(path, length);
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Private;
            try
            {
                // Not flushed to the disk: a power cut may tear it, and its hash then says so.
                using (var stream = new FileStream(unfinished, options)) StoredRows.Write(stream, key, source);
                File.Move(unfinished, path, overwrite: true);
                Touch(path);
            }
            catch
            {
                File.Delete(unfinished);
                throw;
            }
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
            note($"note: rows are not kept for the next start: {failure.Message.ReplaceLineEndings(" ")} ({Variable} names another folder, or {Off})");
        }
    }

    private void MakeRoom(string path, long length)
    {
        var files = new DirectoryInfo(folder).GetFiles();
        foreach (var file in files.Where(file => file.Name.EndsWith(UnfinishedEnding, StringComparison.Ordinal) && file.LastWriteTimeUtc < time.GetUtcNow().UtcDateTime - Abandoned))
            file.Delete();
        var (sets, bytes) = (1, length);
        foreach (var file in files.Where(file => file.Name.EndsWith(Ending, StringComparison.Ordinal) && file.FullName != path)
            .OrderByDescending(file => file.LastWriteTimeUtc).ThenBy(file => file.Name, StringComparer.Ordinal))
        {
            (sets, bytes) = (sets + 1, bytes + file.Length);
            if (sets > MostSets || bytes > MostBytes) file.Delete();
        }
    }

    // What was used last is kept longest. Of a folder that cannot be written it does not matter.
    private void Touch(string path)
    {
        try
        {
            File.SetLastWriteTimeUtc(path, time.GetUtcNow().UtcDateTime);
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
        }
    }
}

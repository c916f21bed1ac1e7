namespace ClusterTrain.Training.Durable;

/// <summary>
/// Replaces a file as a whole: whoever reads it, even after <c>kill -9</c> or a power cut, finds the old content or the
/// new one, never a part.
/// </summary>
/// <remarks>
/// The content goes to <c>NAME.tmp</c> beside the target, is flushed to the disk, renamed over the target, and the folder
/// is synced. The temporary name is fixed and held exclusively: a killed writer leaves at most one such file, which the
/// next write takes over, and two writers at once are an error instead of a mixture.
/// </remarks>
public static class AtomicFile
{
    public const string TemporarySuffix = ".tmp";

    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <param name="path">File to create or replace; its folder must exist.</param>
    /// <param name="write">Writes the content. If it throws, the old file stays and no temporary one is left.</param>
    /// <returns>SHA-256 of what was written.</returns>
    /// <exception cref="FileFailureException">The folder is missing or unwritable, or the disk is full.</exception>
    public static string Write(string path, Action<Stream> write) => Write(path, write, isPrivate: false);

    /// <summary>The same for what other users of the machine must not read, whatever the process's umask allows them.</summary>
    public static string WritePrivate(string path, ReadOnlyMemory<byte> content) =>
        Write(path, stream => stream.Write(content.Span), isPrivate: true);

    private static string Write(string path, Action<Stream> write, bool isPrivate)
    {
        var temporary = path + TemporarySuffix;
        try
        {
            // Opened outside the clean-up: a temporary file that another writer holds is not ours to delete.
            var file = new FileStream(temporary, OptionsOf(isPrivate));
            string hash;
            try
            {
                using (file)
                {
                    // One that a killed writer left keeps the rights that it had.
                    if (isPrivate && !OperatingSystem.IsWindows()) File.SetUnixFileMode(file.SafeFileHandle, Private);
                    hash = WriteThrough(file, write);
                }

                Disk.Move(temporary, path);
            }
            catch
            {
                DeleteQuietly(temporary);
                throw;
            }

            FolderSync.Flush(Path.GetDirectoryName(Path.GetFullPath(path))!);
            return hash;
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
            throw FileFailureException.For("write", path, failure);
        }
    }

    /// <inheritdoc cref="Write(string, Action{Stream})"/>
    public static string Write(string path, ReadOnlyMemory<byte> content) =>
        Write(path, stream => stream.Write(content.Span));

    private static FileStreamOptions OptionsOf(bool isPrivate)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (isPrivate && !OperatingSystem.IsWindows()) options.UnixCreateMode = Private;
        return options;
    }

    private static string WriteThrough(FileStream file, Action<Stream> write)
    {
        using var hashing = new HashingStream(file);
        write(hashing);
        Disk.Sync(file);
        return hashing.Sha256;
    }

    private static void DeleteQuietly(string path)
    {
        try
        {
            Disk.Delete(path);
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
            // The failure that led here says more; the next write takes the file over.
        }
    }
}

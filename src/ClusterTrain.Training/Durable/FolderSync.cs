using System.Runtime.InteropServices;
using System.Text;

namespace ClusterTrain.Training.Durable;

/// <summary>
/// Makes a rename or a deletion survive a power cut: on Unix the entry of a file is the folder's content and is on disk
/// only after the folder itself has been synced.
/// </summary>
/// <remarks>
/// The class library cannot do it: <c>File.OpenHandle</c> refuses folders. Hence the three calls of libc. Windows has no
/// such call; NTFS writes renames to its journal.
/// </remarks>
public static class FolderSync
{
    /// <summary>Makes a folder, and those above it, that survive a power cut.</summary>
    public static void Create(string folder)
    {
        var path = Path.GetFullPath(folder);
        if (Directory.Exists(path)) return;
        var parent = Path.GetDirectoryName(path);
        if (parent is not null) Create(parent);
        Directory.CreateDirectory(path);
        if (parent is not null) Flush(parent);
    }

    /// <summary>
    /// Best effort: some file systems (network shares) refuse to sync folders, and a file that is whole but whose name
    /// might be lost in a power cut is no reason to end a run.
    /// </summary>
    /// <returns>Whether the folder was synced.</returns>
    public static bool Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
            return false;
        Disk.Watcher.Value?.Before();
        var descriptor = Open(Encoding.UTF8.GetBytes(folder + '\0'), flags: 0);
        if (descriptor < 0)
            return false;
        var synced = Sync(descriptor) == 0;
        _ = Close(descriptor);
        if (synced) Disk.Watcher.Value?.Synced(folder);
        return synced;
    }

    [DllImport("libc", EntryPoint = "open")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Sync(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Close(int descriptor);
}

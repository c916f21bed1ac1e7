using System.Runtime.InteropServices;
using System.Text;
using ClusterTrain.Training.Durable;
using Microsoft.Win32.SafeHandles;

namespace ClusterTrain.Runs.Tests.Durable;

/// <summary>
/// A folder whose machine loses its power at every moment: before each operation on it, copies of it are made as the disk may be found
/// afterwards. Of what was not synced, each file's content and each folder's names may be the old or the new ones; what was appended may be
/// there in part, and a file that was never synced is empty.
/// </summary>
/// <param name="folder">Exists, and is empty.</param>
/// <param name="look">Given each copy, in a folder of its own, which is deleted afterwards.</param>
/// <param name="promised">What was acknowledged so far: the same disk is looked at again when that has changed.</param>
internal sealed class CrashingDisk(string folder, Action<string> look, Func<object?> promised) : IDiskWatcher
{
    private const int Drawn = 3;
    private const string Root = "";

    private readonly Random _random = new(7);
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    // Of a folder's path in here, the names in it that are safe; of a file or folder, by what the system calls it, the content that is.
    private readonly Dictionary<FileId, Dictionary<string, FileId>> _names = [];
    private readonly Dictionary<FileId, byte[]> _contents = [];
    private bool _isLooking;

    /// <summary>Whether files can be told apart here.</summary>
    public static bool IsPossible => OperatingSystem.IsLinux() && FileId.Of(Path.GetTempPath()) is not null;

    /// <summary>Disks that were looked at, each different.</summary>
    public int Crashes => _seen.Count;

    /// <summary>Watches while something is done, and looks once more at its end.</summary>
    public void Watch(Action action)
    {
        Synced(folder);
        Disk.Watcher.Value = this;
        try
        {
            action();
            Before();
        }
        finally
        {
            Disk.Watcher.Value = null;
        }
    }

    public void Before()
    {
        if (_isLooking) return;
        _isLooking = true;
        try
        {
            foreach (var (names, contents) in ((Fate, Fate)[])[(Fate.Old, Fate.Old), (Fate.New, Fate.Old), (Fate.New, Fate.Torn), (Fate.Old, Fate.New), (Fate.New, Fate.New)])
                Crash(() => names, () => contents);
            for (var i = 0; i < Drawn; i++) Crash(() => (Fate)_random.Next(2), () => (Fate)_random.Next(3));
        }
        finally
        {
            _isLooking = false;
        }
    }

    public void Synced(string path)
    {
        if (_isLooking || FileId.Of(path) is not { } id) return;
        if (Directory.Exists(path)) _names[id] = Actual(path);
        else _contents[id] = Content(path);
    }

    private static Dictionary<string, FileId> Actual(string path) =>
        Directory.EnumerateFileSystemEntries(path).ToDictionary(entry => Path.GetFileName(entry)!, entry => FileId.Of(entry)!.Value, StringComparer.Ordinal);

    // Past the locks that this process itself has.
    private static byte[] Content(string path)
    {
        using var file = new FileStream(new SafeFileHandle(Open(Encoding.UTF8.GetBytes(path + '\0'), 0), ownsHandle: true), FileAccess.Read);
        var content = new byte[file.Length];
        file.ReadExactly(content);
        return content;
    }

    [DllImport("libc", EntryPoint = "open")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Open(byte[] path, int flags);

    private void Crash(Func<Fate> names, Func<Fate> contents)
    {
        // What a name stands for now, and what can still be reached under the old one.
        var files = new SortedDictionary<string, byte[]?>(StringComparer.Ordinal);
        var now = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).DistinctBy(path => FileId.Of(path)).ToDictionary(path => FileId.Of(path)!.Value);
        var folders = Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories).ToDictionary(path => FileId.Of(path)!.Value);
        folders[FileId.Of(folder)!.Value] = folder;
        Lay(Root, FileId.Of(folder)!.Value);
        var text = string.Join('\n', files.Select(file => $"{file.Key} {(file.Value is null ? "" : Sha256Hex.Of(Convert.ToHexString(file.Value)))}"));
        if (!_seen.Add($"{promised()}\n{text}")) return;
        using var copy = new TemporaryFolder();
        foreach (var (name, content) in files)
        {
            if (content is null) Directory.CreateDirectory(copy[name]);
            else File.WriteAllBytes(copy[name], content);
        }

        look(copy.FullPath);

        void Lay(string under, FileId id)
        {
            var safe = _names.GetValueOrDefault(id) ?? [];
            var entries = names() == Fate.New && folders.TryGetValue(id, out var path) ? Actual(path) : safe;
            foreach (var (name, entry) in entries.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            {
                var place = Path.Combine(under, name);
                var isFolder = folders.ContainsKey(entry) || _names.ContainsKey(entry);
                files[place] = isFolder ? null : Found(entry);
                if (isFolder) Lay(place, entry);
            }
        }

        byte[] Found(FileId id)
        {
            var safe = _contents.GetValueOrDefault(id) ?? [];
            var fate = contents();
            if (fate == Fate.Old || !now.TryGetValue(id, out var path)) return safe;
            var actual = Content(path);
            return fate == Fate.New || actual.Length <= safe.Length ? actual : actual[..(safe.Length + ((actual.Length - safe.Length) / 2))];
        }
    }

    private enum Fate
    {
        Old,
        New,
        Torn,
    }

    /// <summary>What the system calls a file, whatever its name: number, and time of birth, since numbers are used again.</summary>
    private readonly record struct FileId(ulong Number, long Seconds, uint Nanoseconds)
    {
        private const int Bytes = 256;

        public static FileId? Of(string path)
        {
            var status = new byte[Bytes];
            return Status(-100, Encoding.UTF8.GetBytes(path + '\0'), 0, 0x100 | 0x800, status) != 0 ? null
                : new FileId(BitConverter.ToUInt64(status, 32), BitConverter.ToInt64(status, 80), BitConverter.ToUInt32(status, 88));
        }

        [DllImport("libc", EntryPoint = "statx")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
        private static extern int Status(int folder, byte[] path, int flags, uint mask, byte[] status);
    }
}

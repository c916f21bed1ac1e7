using System.Runtime.InteropServices;
using System.Text;

namespace ClusterTrain.Training.Durable;

/// <summary>A file that is made once: of several programs that make it at the same time, one has made it, and all read the same.</summary>
/// <remarks>
/// The class library cannot do it on Unix: <c>File.Move</c> without overwriting looks whether the name is taken, and then renames, over
/// what was made in between. Hence link of libc, which fails then. Windows does not replace where it is not told to.
/// </remarks>
public static class FirstFile
{
    /// <summary>Makes the file unless it is there; its folder must exist.</summary>
    /// <param name="path">Where.</param>
    /// <param name="text">Its content, UTF-8.</param>
    /// <param name="maker">What no other maker is called, on any machine; part of a name that the file has at first.</param>
    /// <param name="isPrivate">Whether its owner alone may read it.</param>
    /// <exception cref="FileFailureException">It is not there and cannot be made.</exception>
    public static void Make(string path, string text, string maker, bool isPrivate = false)
    {
        if (File.Exists(path)) return;
        var own = $"{path}.{maker}";
        var content = Encoding.UTF8.GetBytes(text);
        _ = isPrivate ? AtomicFile.WritePrivate(own, content) : AtomicFile.Write(own, content);
        try
        {
            if (!OperatingSystem.IsWindows() && Link(Encoding.UTF8.GetBytes(own + '\0'), Encoding.UTF8.GetBytes(path + '\0')) == 0) return;

            // The name is taken; or it is Windows, or a file system without links.
            if (!File.Exists(path)) File.Move(own, path, overwrite: false);
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure) && !File.Exists(path))
        {
            throw FileFailureException.For("write", path, failure);
        }
        catch (IOException)
        {
            // Another one was first.
        }
        finally
        {
            Disk.Delete(own);
            FolderSync.Flush(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
    }

    [DllImport("libc", EntryPoint = "link")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Link(byte[] from, byte[] to);
}

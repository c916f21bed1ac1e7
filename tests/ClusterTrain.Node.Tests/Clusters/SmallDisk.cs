using System.Diagnostics;

namespace ClusterTrain.Node.Tests.Clusters;

/// <summary>A disk of its own for a folder: memory, where mounting is permitted.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const int Bytes = 4 << 20;
    private readonly string _folder;

    public SmallDisk(string folder)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "disks of memory are Linux's");
        _folder = Directory.CreateDirectory(folder).FullName;
        Assert.SkipUnless(Call("mount", "-t", "tmpfs", "-o", $"size={Bytes}", "clustertrain-test", folder), "mounting is not permitted here");
    }

    // To the last byte where nothing is to be left: whatever else is there has its room already.
    public void Fill(int leaving)
    {
        using var file = new FileStream(Path.Combine(_folder, "filling"), FileMode.Create);
        var room = new DriveInfo(_folder).AvailableFreeSpace - leaving;
        try
        {
            file.Write(new byte[Math.Max(0, room)]);
        }
        catch (IOException)
        {
            // What is at work here took some of it meanwhile: it is full.
        }
    }

    public void Free() => File.Delete(Path.Combine(_folder, "filling"));

    public void Dispose() => Call("umount", "-l", _folder);

    private static bool Call(string program, params string[] words)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, words) { UseShellExecute = false, RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}

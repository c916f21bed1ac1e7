using ClusterTrain.Training.Durable;

namespace ClusterTrain.Training.Tests.Durable;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AtomicFile_Written_HasTheContentAndItsHash()
    {
        var hash = AtomicFile.Write(_folder["a"], "abc"u8.ToArray());
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", hash);
        Assert.Equal("abc", File.ReadAllText(_folder["a"]));
        Assert.Equal(hash, Sha256Hex.OfFile(_folder["a"]));
        Assert.Equal(["a"], _folder.Names);
    }

    [Fact]
    public void AtomicFile_WriterThrows_KeepsTheOldContentAndNoTemporaryFile()
    {
        AtomicFile.Write(_folder["a"], "old"u8.ToArray());
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(_folder["a"], stream =>
        {
            stream.Write("new"u8);
            throw new InvalidOperationException();
        }));
        Assert.Equal("old", File.ReadAllText(_folder["a"]));
        Assert.Equal(["a"], _folder.Names);
    }

    [Fact]
    public void AtomicFile_DiskFullByItsNumber_SaysWhatToDo()
    {
        var error = Assert.Throws<FileFailureException>(
            () => AtomicFile.Write(_folder["a"], _ => throw new IOException("No space left on device", 28)));
        Assert.Equal($"the disk is full: cannot write {_folder["a"]}; make room there, then do the same again (train: with --resume)", error.Message);
        Assert.True(FileFailureException.IsFull(error));
    }

    [Fact]
    public void AtomicFile_DiskFull_IsOneLineNamingTheFile()
    {
        var error = Assert.Throws<FileFailureException>(
            () => AtomicFile.Write(_folder["a"], _ => throw new IOException("No space left\non device")));
        Assert.Equal($"cannot write {_folder["a"]}: No space left on device", error.Message);
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void AtomicFile_ParentIsAFile_IsAClearError()
    {
        File.WriteAllText(_folder["file"], "");
        var error = Assert.Throws<FileFailureException>(() => AtomicFile.Write(Path.Combine(_folder["file"], "a"), "x"u8.ToArray()));
        Assert.StartsWith("cannot write ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FolderSync_OnUnix_SyncsAFolderAndShrugsAtAMissingOne()
    {
        Assert.Equal(!OperatingSystem.IsWindows(), FolderSync.Flush(_folder.FullPath));
        Assert.False(FolderSync.Flush(_folder["missing"]));
    }

    [Fact]
    public void AtomicFile_TargetIsAFolder_LeavesNoTemporaryFile()
    {
        Directory.CreateDirectory(_folder["a"]);
        Assert.Throws<FileFailureException>(() => AtomicFile.Write(_folder["a"], "x"u8.ToArray()));
        Assert.Equal(["a"], _folder.Names);
    }

    [Fact]
    public void AtomicFile_LeftoverOfAKilledWriter_IsTakenOver()
    {
        File.WriteAllText(_folder["a.tmp"], "a long leftover of a killed writer");
        AtomicFile.Write(_folder["a"], "x"u8.ToArray());
        Assert.Equal("x", File.ReadAllText(_folder["a"]));
        Assert.Equal(["a"], _folder.Names);
    }

    [Fact]
    public void AtomicFile_TwoWritersAtOnce_SecondFailsAndFirstIsUnharmed()
    {
        AtomicFile.Write(_folder["a"], stream =>
        {
            stream.Write("first"u8);
            Assert.Throws<FileFailureException>(() => AtomicFile.Write(_folder["a"], "second"u8.ToArray()));
        });
        Assert.Equal("first", File.ReadAllText(_folder["a"]));
    }
}

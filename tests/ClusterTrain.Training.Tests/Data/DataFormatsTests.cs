using ClusterTrain.Training.Data;

namespace ClusterTrain.Training.Tests.Data;

public sealed class DataFormatsTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Of_FolderOfNoFormat_IsNull()
    {
        Directory.CreateDirectory(_folder["own"]);
        File.WriteAllText(_folder["own", "notes.txt"], "");

        Assert.Null(DataFormats.Of(_folder["own"]));
    }

    [Fact]
    public void Of_OneFileOfAFormat_IsThatFormat()
    {
        Directory.CreateDirectory(_folder["own"]);
        File.WriteAllText(_folder["own", "test.bin.gz"], "");

        Assert.Equal("CIFAR-100", DataFormats.Of(_folder["own"])!.Name);
    }
}

using ClusterTrain.Training.Data;
using ClusterTrain.Training.Data.Idx;

namespace ClusterTrain.Node.Tests.Cli;

public sealed class WrongDataTests : IDisposable
{
    private readonly Shell _shell = new();

    public WrongDataTests()
    {
        _shell.Write("mine.yaml", TinySpec.OnFolder("mine"));
        IdxFiles.WriteFolder(_shell["data/mine"]);
    }

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void Train_DataFolderMissing_SaysWhereItWasLookedFor()
    {
        Directory.Move(_shell["data/mine"], _shell["data/yours"]);

        Refused("'mine' not found", _shell["data/mine"], "--data");
    }

    [Fact]
    public void Train_KnownDataFolderMissing_SaysHowToFetchIt()
    {
        _shell.Write("mnist.yaml", TinySpec.OnFolder("mnist"));

        _shell.Refuses(["train", "mnist.yaml"], ["'mnist' not found", "data fetch mnist"]);
    }

    [Fact]
    public void Train_DataOptionDoesNotExist_NamesIt() =>
        _shell.Refuses(["train", "mine.yaml", "--data", "nowhere"], ["--data nowhere", "no such folder"]);

    [Fact]
    public void Train_FileMissing_NamesIt()
    {
        File.Delete(PathOf(IdxFileNames.TestLabels));

        Refused("missing", IdxFileNames.TestLabels);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.3)]
    [InlineData(0.9)]
    public void Train_TruncatedGzip_NamesTheFile(double share)
    {
        var packed = IdxFiles.Gzip(IdxFiles.Images(60, 4, 5));
        File.Delete(PathOf(IdxFileNames.TrainImages));
        File.WriteAllBytes(PathOf(IdxFileNames.TrainImages) + ".gz", packed[..(int)(share * packed.Length)]);

        Refused(IdxFileNames.TrainImages + ".gz", "truncated");
    }

    [Fact]
    public void Train_WrongMagic_SaysBothNumbers()
    {
        Write(IdxFileNames.TrainImages, IdxFiles.Encode(0x703, [60, 4, 5], new byte[1200]));

        Refused(IdxFileNames.TrainImages, "0x00000703 found", "0x00000803 or 0x00000804 expected");
    }

    [Fact]
    public void Train_FewerBytesThanTheHeaderSays_SaysBothCounts()
    {
        Write(IdxFileNames.TrainImages, IdxFiles.Encode(0x803, [60, 4, 5], new byte[1100]));

        Refused(IdxFileNames.TrainImages, "1100", "1200 expected");
    }

    [Fact]
    public void Train_OtherNumberOfLabelsThanImages_SaysBothCounts()
    {
        Write(IdxFileNames.TestLabels, IdxFiles.Labels(19, 3));

        Refused(IdxFileNames.TestLabels, "19 labels", "20 images");
    }

    [Fact]
    public void Train_LabelOutsideTheClasses_NamesRowAndRange()
    {
        var labels = Enumerable.Range(0, 20).Select(row => (byte)(row == 7 ? 3 : row % 3)).ToArray();
        Write(IdxFileNames.TestLabels, IdxFiles.Labels(labels));

        Refused(IdxFileNames.TestLabels, "row 7 has label 3", "0 to 2 expected");
    }

    [Fact]
    public void Train_SeveralFilesDamaged_ReportsEach()
    {
        Write(IdxFileNames.TrainImages, [1, 2]);
        Write(IdxFileNames.TestLabels, []);

        _shell.Refuses(["train", "mine.yaml"], [IdxFileNames.TrainImages, "truncated"], [IdxFileNames.TestLabels, "truncated"]);
    }

    [Fact]
    public void Train_MoreRowsThanThereAre_SaysHowMany()
    {
        _shell.Write("mine.yaml", TinySpec.OnFolder("mine").Replace("validation: 20", "validation: 30", StringComparison.Ordinal));

        Refused("60");
    }

    [Fact]
    public void Train_PoolLargerThanItsMap_NamesTheLayerAndBothSizes() => _shell.Refuses(
        [
            "train", "mine.yaml", "--set",
            "network.layers=[{ type: conv2d, channels: 2 }, { type: batchNorm }, { type: maxPool, size: 9 }, { type: flatten }, { type: dense, units: 3 }]",
        ],
        ["network.layers[2]", "blocks of 9 x 9", "map of 2 x 3"]);

    private void Refused(params string[] pieces) => _shell.Refuses(["train", "mine.yaml"], pieces);

    private string PathOf(string name) => _shell[Path.Combine("data/mine", name)];

    private void Write(string name, byte[] bytes) => File.WriteAllBytes(PathOf(name), bytes);
}

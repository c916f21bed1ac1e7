namespace ClusterTrain.Node.Tests.Cli;

public sealed class WrongSpecTests : IDisposable
{
    private readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Theory]
    [InlineData("epochs: 2", "epoch: 2", "tiny.yaml:2:", "epoch", "epochs")] // unknown key
    [InlineData("epochs: 2", "epochs: many", "tiny.yaml:2:", "epochs", "many")] // wrong type
    [InlineData("epochs: 2", "epochs: [2]", "tiny.yaml:2:", "epochs", "number")]
    [InlineData("rate: 0.2", "rate: 1.2", "network.layers[2].rate", "1.2", "0")] // out of range
    [InlineData("shards: 8", "shards: 6", "batch.shards", "6 shards do not divide a batch of 40 rows", "5")]
    [InlineData("units: 10", "units: 9", "network.layers[3].units", "9 units", "10 classes")]
    [InlineData("size: 40", "size: 800", "batch.size", "800", "400")]
    [InlineData("type: adam", "type: adem", "optimizer.type", "adem", "adam")]
    [InlineData("name: tiny", "name: ../tiny", "name", "../tiny", "letters")]
    [InlineData("epochs: 2", "epochs: {", "tiny.yaml:", "not readable as YAML", "brace")]
    public void Train_WrongSpec_NamesPlaceWrongAndAllowed(string piece, string other, string place, string wrong, string allowed)
    {
        _shell.Write("tiny.yaml", TinySpec.With(piece, other));

        _shell.Refuses(["train", "tiny.yaml"], [place, wrong, allowed]);
        _shell.Refuses(["train", "tiny.yaml", "--out", "out"], [place, wrong, allowed]);
    }

    [Fact]
    public void Train_SeveralErrors_ReportsAllInOrder()
    {
        _shell.Write("tiny.yaml", TinySpec.With("epochs: 2", "epochs: 0").Replace("shards: 8", "shards: 6", StringComparison.Ordinal) + "bogus: 1\n");

        _shell.Refuses(
            ["train", "tiny.yaml", "--set", "seed=-1"],
            ["tiny.yaml:2:", "epochs"], ["tiny.yaml:", "batch.shards"], ["tiny.yaml:", "bogus"], ["--set seed=-1", "seed"]);
        _shell.Refuses(["check", "tiny.yaml"], ["epochs"], ["batch.shards"], ["bogus"]);
    }

    [Fact]
    public void Train_NoSuchSpecFile_NamesIt()
    {
        _shell.Refuses(["train", "nowhere.yaml"], ["nowhere.yaml", "cannot be read"]);
        _shell.Refuses(["check", "nowhere.yaml"], ["nowhere.yaml", "cannot be read"]);
    }

    [Fact]
    public void Train_SpecIsAFolder_SaysThatItCannotBeRead()
    {
        Directory.CreateDirectory(_shell["specs"]);

        _shell.Refuses(["train", "specs"], ["specs", "cannot be read"]);
    }
}

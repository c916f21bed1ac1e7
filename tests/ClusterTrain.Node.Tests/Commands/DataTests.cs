using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests.Commands;

public sealed class DataTests : IDisposable
{
    private readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void DataList_NoFolders_ShowsBuiltInAndKnownSets()
    {
        var outcome = _shell.Run("data", "list").Gives(ExitCode.Done);

        Assert.Contains(outcome.OutLines, line => line.StartsWith("glyphs ", StringComparison.Ordinal) && line.Contains("built in", StringComparison.Ordinal));
        Assert.Contains(outcome.OutLines, line => line.StartsWith("mnist ", StringComparison.Ordinal) && line.Contains("not found", StringComparison.Ordinal));
        Assert.Contains(outcome.OutLines, line => line.StartsWith("fashion-mnist ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("option")]
    [InlineData("variable")]
    [InlineData("data")]
    public void DataList_FolderOfTheUsersOwn_ShowsItsSize(string place)
    {
        IdxFiles.WriteFolder(_shell[$"{place}/mine"]);
        _shell.Variables["CLUSTERTRAIN_DATA"] = _shell["variable"];

        var outcome = _shell.Run(["data", "list", .. place == "option" ? ["--data", "option"] : (string[])[]]).Gives(ExitCode.Done);

        Assert.Contains(outcome.OutLines, line => line.StartsWith("mine ", StringComparison.Ordinal)
            && line.Contains("60 + 20 rows, 1x4x5", StringComparison.Ordinal) && line.Contains(_shell[$"{place}/mine"], StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Train_FolderOfIdxFiles_GivesTheSameHashRawAndPacked(bool gzip)
    {
        _shell.Write("mine.yaml", TinySpec.OnFolder("mine"));
        IdxFiles.WriteFolder(_shell["data/mine"]);
        IdxFiles.WriteFolder(_shell["other/mine"], gzip);

        _shell.Run("train", "mine.yaml", "--out", "a").Gives(ExitCode.Done);
        _shell.Run("train", "mine.yaml", "--out", "b", "--data", "other").Gives(ExitCode.Done);

        Assert.Equal(_shell.RunAt("a").StateHash, _shell.RunAt("b").StateHash);
    }

    [Fact]
    public void Verify_OtherDataOfTheSameShape_SaysThatTheDataDiffers()
    {
        _shell.Write("mine.yaml", TinySpec.OnFolder("mine"));
        IdxFiles.WriteFolder(_shell["data/mine"]);
        IdxFiles.WriteFolder(_shell["other/mine"], salt: 3);
        _shell.Run("train", "mine.yaml", "--out", "a").Gives(ExitCode.Done);

        var outcome = _shell.Run("verify", "a", "--data", "other").Gives(ExitCode.Difference);

        Assert.Contains(outcome.ErrorLines, line => line.Contains("the run's data was", StringComparison.Ordinal));
    }
}

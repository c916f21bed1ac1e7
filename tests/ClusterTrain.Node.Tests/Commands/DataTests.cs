using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Tests.Cli;

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

    [Fact]
    public void DataDescribeAndConvert_OwnTable_ShowsItAndWritesItWithTheSameHash()
    {
        _shell.Write("data/mine/data.csv", "size;weight;kind\n1;20;cat\n2;25;dog\n3;21;cat\n4;29;dog\n");

        var lines = _shell.Run("data", "describe", "mine").Gives(ExitCode.Done).OutLines;
        _shell.Run("data", "convert", "mine", "--to", "npz").Gives(ExitCode.Done);

        Assert.Contains(lines, line => line.StartsWith("mine: CSV in ", StringComparison.Ordinal));
        Assert.Contains("shape      a table of 2 columns", lines);
        Assert.Contains("    0        1 +      1  cat", lines);
        Assert.Contains(lines, line => line.Contains("weight", StringComparison.Ordinal) && line.Contains("20 to 29", StringComparison.Ordinal));
        var hash = lines.Single(line => line.StartsWith("hash ", StringComparison.Ordinal));
        Assert.Contains(hash, _shell.Run("data", "describe", "mine-npz").Gives(ExitCode.Done).OutLines);
        _shell.Refuses(["data", "convert", "mine", "--to", "npz"], ["mine-npz", "is there already", "--out"]);
        _shell.Refuses(["data", "convert", "mine", "--to", "png"], ["--to png", "npz, idx"]);
        _shell.Refuses(["data", "describe", "yours"], ["'yours' not found"]);
    }

    [Fact]
    public void DataDescribe_Glyphs_DrawsTheFirstRow()
    {
        var lines = _shell.Run("data", "describe", "glyphs").Gives(ExitCode.Done).OutLines;

        Assert.Contains("classes    10", lines);
        Assert.Contains(lines, line => line.Contains("@@", StringComparison.Ordinal));
    }

    [Fact]
    public void Train_TableOfTheUsersOwn_AttacksWithinItsRangeAndExportsItsScale()
    {
        var rows = string.Concat(Enumerable.Range(0, 80).Select(i => $"{1000 + (i % 2 * 400) + (i * 7 % 90)},{i * 13 % 50},{(i % 2 == 0 ? "low" : "high")}\n"));
        _shell.Write("data/mine/data.csv", "income,age,kind\n" + rows);
        _shell.Write("mine.yaml", """
            name: mine
            data: { name: mine, validation: 16, scale: standard }
            epochs: 2
            batch: { size: 16, shards: 2 }
            network: { layers: [{ type: dense, units: 8 }, { type: relu }, { type: dense, units: 2 }] }
            adversarial: { attack: { method: pgd, epsilon: 0.1, stepSize: 0.05, steps: 2 } }
            evaluation: { testAttack: { method: pgd, epsilon: 0.1, stepSize: 0.05, steps: 2 } }
            """);

        _shell.Run("train", "mine.yaml", "--out", "a").Gives(ExitCode.Done);
        var evaluated = _shell.Run("evaluate", "a", "--attack", "worst").Gives(ExitCode.Done);
        _shell.Run("export", "a", "--safetensors", "a.safetensors", "--onnx", "a.onnx").Gives(ExitCode.Done);

        Assert.Contains(evaluated.OutLines, line => line.Contains("holds: perturbations stay within eps and inputs within the range of the data", StringComparison.Ordinal));
        Assert.Contains("\"data.scale\":\"standard\"", File.ReadAllText(_shell["a.safetensors"]), StringComparison.Ordinal);
        Assert.Contains(
            "data.divisor", File.ReadAllText(Directory.EnumerateFiles(_shell["a/checkpoints"], "*.safetensors").First()), StringComparison.Ordinal);
        Assert.Contains("data-scaled", File.ReadAllText(_shell["a.onnx"]), StringComparison.Ordinal);
        Assert.Contains("mine", File.ReadAllText(_shell["a/report.html"]), StringComparison.Ordinal);
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

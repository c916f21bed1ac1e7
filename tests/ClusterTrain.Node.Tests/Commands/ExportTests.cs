using ClusterTrain.Node.Cli;
using ClusterTrain.Runs.Safetensors;

namespace ClusterTrain.Node.Tests.Commands;

public sealed class ExportTests(FinishedRun finished) : IClassFixture<FinishedRun>, IDisposable
{
    private readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void Export_Safetensors_HasTheCheckpointsWeightsAndSaysWhatTheyAre()
    {
        Export("--safetensors", _shell["model.safetensors"]).Gives(ExitCode.Done);

        var exported = SafetensorsFile.Read(_shell["model.safetensors"]);
        var checkpoint = SafetensorsFile.Read(finished.Files[$"checkpoints/step-{TinySpec.Steps}.safetensors"]);
        Assert.Equal(["0.weight", "0.bias", "3.weight", "3.bias"], exported.Tensors.Select(tensor => tensor.Name));
        Assert.All(exported.Tensors, tensor =>
        {
            Assert.Equal(checkpoint.Shape(tensor.Name), tensor.Shape);
            Assert.Equal(checkpoint.Float32(tensor.Name).ToArray(), exported.Float32(tensor.Name).ToArray());
        });
        Assert.Equal(finished.Files.Summary().GetProperty("fingerprint").GetProperty("spec").GetString(), exported.Metadata["spec"]);
        Assert.Equal("type: dense, units: 16, bias: true, init: default; type: relu; type: dropout, rate: 0.2, classic: false; type: dense, units: 10, bias: true, init: default", exported.Metadata["layers"]);
    }

    [Fact]
    public void Export_ToBothFormats_WritesBothAndTheyStartOtherRuns()
    {
        var outcome = Export("--safetensors", _shell["m.safetensors"], "--onnx", _shell["m.onnx"]).Gives(ExitCode.Done);

        Assert.Contains("3 operations; input [batch, 784], logits [batch, 10]", outcome.Out, StringComparison.Ordinal);
        var onnx = new ReadOnlySpan<byte>(File.ReadAllBytes(_shell["m.onnx"]));
        var weights = SafetensorsFile.Read(_shell["m.safetensors"]).Typed<float>("0.weight");
        Assert.True(onnx.IndexOf(weights.Bytes) > 0, "the weights are in the model bit for bit");
        _shell.Train("next", "--set", $"initialization.from={_shell["m.safetensors"]}");
    }

    [Fact]
    public void Export_TwiceTheSame_GivesTheSameBytes()
    {
        Export("--onnx", _shell["a.onnx"], "--safetensors", _shell["a"]).Gives(ExitCode.Done);
        Export("--onnx", _shell["b.onnx"], "--safetensors", _shell["b"]).Gives(ExitCode.Done);

        Assert.Equal(File.ReadAllBytes(_shell["a.onnx"]), File.ReadAllBytes(_shell["b.onnx"]));
        Assert.Equal(File.ReadAllBytes(_shell["a"]), File.ReadAllBytes(_shell["b"]));
    }

    [Fact]
    public void Export_OverAFileThatIsThere_NeedsForce()
    {
        File.WriteAllText(_shell["m.onnx"], "mine");
        Assert.Contains("is there already", Export("--onnx", _shell["m.onnx"]).Gives(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(_shell["m.onnx"]));

        Export("--onnx", _shell["m.onnx"], "--force").Gives(ExitCode.Done);
        Assert.NotEqual("mine", File.ReadAllText(_shell["m.onnx"]));
    }

    [Theory]
    [InlineData("spec.yaml")]
    [InlineData("ledger.jsonl")]
    [InlineData("claim")]
    [InlineData("diverged.json")]
    [InlineData("checkpoints/mine.safetensors")]
    [InlineData("checkpoints/../summary.json")]
    public void Export_OverARunsOwnFiles_IsRefusedWithForceToo(string name)
    {
        using var run = finished.CopyForChange();
        var before = Directory.EnumerateFiles(run.Files.FullPath, "*", SearchOption.AllDirectories).Select(File.ReadAllText).ToList();

        Assert.Contains("never writes over", Export("--safetensors", run.Files[name], "--force").Gives(ExitCode.WrongInput).Error, StringComparison.Ordinal);

        Assert.Equal(before, Directory.EnumerateFiles(run.Files.FullPath, "*", SearchOption.AllDirectories).Select(File.ReadAllText));
    }

    [Fact]
    public void Export_BothFormatsIntoOneFile_IsRefused()
    {
        var error = Export("--onnx", _shell["m"], "--safetensors", _shell["./m"], "--force").Gives(ExitCode.WrongInput).Error;

        Assert.Contains("is named for both formats", error, StringComparison.Ordinal);
        Assert.False(File.Exists(_shell["m"]));
    }

    [Fact]
    public void Export_NothingAsked_SaysWhatIsAllowed() =>
        Assert.Contains("give --onnx FILE, --safetensors FILE, or both", Export().Gives(ExitCode.WrongInput).Error, StringComparison.Ordinal);

    [Fact]
    public void Export_IntoAFolderThatIsNotThere_IsRefused()
    {
        Assert.Contains("there is no such folder", Export("--onnx", _shell["gone/m.onnx"]).Gives(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        Assert.Contains("is a folder; a file is wanted", Export("--onnx", _shell.Folder).Gives(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        Assert.Contains("there is no run here", finished.Run("export", "gone", "--onnx", _shell["m.onnx"]).Gives(ExitCode.WrongInput).Error, StringComparison.Ordinal);
    }

    private Outcome Export(params string[] args) => finished.Run(["export", "run", .. args]);
}

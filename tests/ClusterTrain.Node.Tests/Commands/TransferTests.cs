using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Tests.Clusters;
using ClusterTrain.Runs.Safetensors;

namespace ClusterTrain.Node.Tests.Commands;

public sealed class TransferTests : IDisposable
{
    private readonly Shell _shell = new();

    public TransferTests() => _shell.Write("tiny.yaml", TinySpec.Text);

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void Train_FromAnotherRun_WritesWhichFileItWasAndVerifies()
    {
        var first = _shell.Train("first", "--set", "seed=9");

        var second = _shell.Train("second", "--set", "initialization.from=first");

        var file = first[$"checkpoints/step-{TinySpec.Steps}.safetensors"];
        var sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)));
        Assert.Contains($"sha256: {(char.IsAsciiLetter(sha256[0]) ? sha256 : $"\"{sha256}\"")}", File.ReadAllText(second["spec.yaml"]), StringComparison.Ordinal);
        Assert.NotEqual(_shell.Train("fresh").StateHash, second.StateHash);
        _shell.Run("verify", "second", "--steps", "20").Gives(ExitCode.Done);
        _shell.Run("evaluate", "second", "--rows", "50").Gives(ExitCode.Done);
    }

    [Fact]
    public void Verify_LoadedFileWasChanged_IsADifference()
    {
        var first = _shell.Train("first", "--set", "seed=9");
        _shell.Train("second", "--set", "initialization.from=first");
        var file = first[$"checkpoints/step-{TinySpec.Steps}.safetensors"];
        var bytes = File.ReadAllBytes(file);
        bytes[^5] ^= 1;
        File.WriteAllBytes(file, bytes);

        var outcome = _shell.Run("verify", "second").Gives(ExitCode.Difference);

        Assert.Contains("was changed: sha256", outcome.Error, StringComparison.Ordinal);
        File.Delete(file);
        Assert.Contains("neither a run's folder nor a file", _shell.Run("verify", "second").Gives(ExitCode.Difference).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Resume_LoadedFileWasChanged_IsRefused()
    {
        var file = ExportedWeights();
        _shell.RunUntil("epoch     1/2", "train", "tiny.yaml", "--out", "second", "--set", $"initialization.from={file}").Gives(ExitCode.Interrupted);
        _shell.Train("other", "--set", "seed=11");
        File.Copy(_shell.RunAt("other")[$"checkpoints/step-{TinySpec.Steps}.safetensors"], _shell[file], overwrite: true);

        var outcome = _shell.Run("train", "--resume", "--out", "second").Gives(ExitCode.WrongInput);

        Assert.Contains("was changed: sha256", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engine.Both), MemberType = typeof(Engine))]
    public void StateHash_FromAnotherRun_IsThatOfLocalOnProcessesWithoutTheFile(string engine)
    {
        var file = ExportedWeights();
        string[] set = ["--set", $"initialization.from={file}", "--set", "initialization.layers=[0]"];
        var local = _shell.Train("local", [.. set, "--workers", "1"]);

        // The server has read the file when it announces the run; workers start after that.
        var outcome = _shell.RunWatching(
            "tiny: glyphs", () => File.Delete(_shell[file]),
            ["train", "tiny.yaml", "--out", engine, "--engine", engine, "--workers", "2", .. set]).Gives(ExitCode.Done);

        Assert.False(File.Exists(_shell[file]), outcome.Out);
        Assert.Equal(local.StateHash, _shell.RunAt(engine).StateHash);
    }

    [Theory]
    [InlineData("neither a run's folder nor a file", "initialization.from=gone")]
    [InlineData("0.weight is [8, 784] here and [16, 784] in", "initialization.from=first", "initialization.layers=[0]", "network.layers[0].units=8")]
    [InlineData("layer 1 has no weights; allowed: 0, 3", "initialization.from=first", "initialization.layers=[1]")]
    public void Train_WrongTransfer_IsRefusedBeforeAnythingIsWritten(string error, params string[] sets)
    {
        _shell.Train("first");
        var before = _shell.Snapshot();

        var outcome = _shell.Run(["train", "tiny.yaml", "--out", "second", .. sets.SelectMany(set => new[] { "--set", set })]).Gives(ExitCode.WrongInput);

        Assert.Contains(error, outcome.Error, StringComparison.Ordinal);
        Assert.Equal(before, _shell.Snapshot());
    }

    [Fact]
    public void Train_LayersLoaded_EqualTheFirstRunsBestStateAtTheFirstCheckpointWithoutLearning()
    {
        var first = _shell.Train("first", "--set", "seed=9");

        // A rate this small moves no weight, so the checkpoint still holds what was loaded and drawn.
        string[] still = ["--set", "optimizer.type=sgd", "--set", "optimizer.learningRate=1e-30", "--set", "epochs=1"];
        var second = _shell.Train("second", ["--set", "initialization.from=first", "--set", "initialization.layers=[3]", .. still]);
        var fresh = _shell.Train("fresh", still);

        Assert.Equal(Weights(first, 20, "3.weight"), Weights(second, 10, "3.weight"));
        Assert.Equal(Weights(first, 20, "3.bias"), Weights(second, 10, "3.bias"));
        Assert.Equal(Weights(fresh, 10, "0.weight"), Weights(second, 10, "0.weight"));
        Assert.NotEqual(Weights(fresh, 10, "3.weight"), Weights(second, 10, "3.weight"));
    }

    private static float[] Weights(RunFiles run, int step, string name) =>
        SafetensorsFile.Read(run[$"checkpoints/step-{step}.safetensors"]).Float32(name).ToArray();

    private string ExportedWeights()
    {
        var first = _shell.Train("first", "--set", "seed=9");
        File.Copy(first[$"checkpoints/step-{TinySpec.Steps}.safetensors"], _shell["weights.safetensors"]);
        return "weights.safetensors";
    }
}

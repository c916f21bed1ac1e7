using System.Text.Json;
using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests.Commands;

public sealed class TrainTests : IDisposable
{
    private readonly Shell _shell = new();

    public TrainTests() => _shell.Write("tiny.yaml", TinySpec.Text);

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void Train_TinySpec_WritesEveryFile()
    {
        _shell.Run("train", "tiny.yaml").Gives(ExitCode.Done);

        var run = _shell.FirstRun;
        Assert.StartsWith("name: tiny", File.ReadAllText(run["spec.yaml"]), StringComparison.Ordinal);
        Assert.Equal(
            Enumerable.Range(0, TinySpec.Steps), run.JsonLines("ledger.jsonl").Select(line => line.GetProperty("step").GetInt32()));
        Assert.Equal(
            ["10 validation", "20 validation", "20 train", "20 test"],
            run.JsonLines("metrics.jsonl").Select(line => $"{line.GetProperty("step")} {line.GetProperty("split")}"));
        Assert.Equal([12, 16, 20], run.CheckpointSteps());
        Assert.Equal(
            ["checkpoints.json", "step-12.safetensors", "step-16.safetensors", "step-20.safetensors"],
            Directory.EnumerateFiles(run["checkpoints"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal("completed", run.Status);
    }

    [Fact]
    public void Train_TinySpec_SumsUpWithEveryPromisedField()
    {
        var summary = _shell.Train("out", "--workers", "3").Summary();

        Assert.Equal("tiny", Text(summary, "run"));
        Assert.Equal("completed", Text(summary, "status"));
        Assert.Equal(TinySpec.Steps, summary.GetProperty("steps").GetInt32());
        Assert.Equal(2, summary.GetProperty("epochs").GetDouble());
        Assert.Equal(TinySpec.Steps, summary.GetProperty("bestStep").GetInt32());
        Assert.Matches("^[0-9a-f]{64}$", Text(summary, "stateHash"));
        Assert.Equal(Text(summary, "stateHash"), Text(summary, "bestStateHash"));
        var fingerprint = summary.GetProperty("fingerprint");
        Assert.Equal("managed", Text(fingerprint, "math"));
        Assert.NotEmpty(Text(fingerprint, "mathVersion"));
        Assert.Matches("^[0-9a-f]{64}$", Text(fingerprint, "data"));
        Assert.Matches("^[0-9a-f]{64}$", Text(fingerprint, "spec"));
        Assert.True(summary.GetProperty("train").GetProperty("loss").GetDouble() > 0);
        foreach (var (part, name) in ((string, string)[])[
            ("train", "accuracy"), ("validation", "accuracy"), ("validation", "robustAccuracy"), ("test", "accuracy"), ("test", "robustAccuracy")])
            Assert.InRange(summary.GetProperty(part).GetProperty(name).GetDouble(), 0, 1);
        Assert.Equal("pgd linf eps=0.01 step=0.01 steps=2", Text(summary.GetProperty("test"), "attack"));
        Assert.Equal(3, summary.GetProperty("workers").GetInt32());
        Assert.Equal("local", Text(summary, "engine"));
        Assert.True(summary.GetProperty("seconds").GetDouble() > 0);
        Assert.True(summary.GetProperty("examplesPerSecond").GetDouble() > 0);
        Assert.Equal((784 * 16) + 16 + (16 * 10) + 10, summary.GetProperty("parameters").GetInt32());
        Assert.Equal(0, summary.GetProperty("bytesSent").GetInt64());
        Assert.Equal(0, summary.GetProperty("bytesReceived").GetInt64());
    }

    /// <summary>Inputs times ten million saturate the softmax in float32: no attack on cross-entropy finds a thing.</summary>
    [Fact]
    public void Train_NetworkWhoseGradientsVanish_SaysThatTheRobustFigureIsNotToBeBelieved()
    {
        _shell.Write("masked.yaml", TinySpec.Text.Replace(
            "  layers:", "  layers:\n    - { type: normalize, from: given, mean: [0], deviation: [1.0e-07] }\n    - { type: flatten }", StringComparison.Ordinal)
            .Replace("name: tiny", "name: masked", StringComparison.Ordinal));
        var outcome = _shell.Run("train", "masked.yaml", "--set", "optimizer.learningRate=1.0e-9", "--set", "epochs=1").Gives(ExitCode.Done);

        Assert.Contains(outcome.OutLines, line => line.Contains("accuracy, robust", StringComparison.Ordinal)
            && line.EndsWith("steps=2: NOT TO BE BELIEVED", StringComparison.Ordinal));
        Assert.Contains(outcome.OutLines, line => line.Contains("gradients of cross-entropy have not vanished: ", StringComparison.Ordinal));
        Assert.Contains("of exactly 0", Text(_shell.RunAt("runs/masked").Summary().GetProperty("test"), "doubt"), StringComparison.Ordinal);
    }

    [Fact]
    public void Train_TinySpec_EndsWithATableOfItsSummary()
    {
        var outcome = _shell.Run("train", "tiny.yaml").Gives(ExitCode.Done);

        var test = _shell.FirstRun.Summary().GetProperty("test");
        Assert.Contains(outcome.OutLines, line => line.Contains("accuracy, clean", StringComparison.Ordinal)
            && line.EndsWith($"{test.GetProperty("accuracy").GetDouble() * 100:F1}%", StringComparison.Ordinal));
        Assert.Contains(outcome.OutLines, line => line.Contains("accuracy, robust", StringComparison.Ordinal)
            && line.Contains($"{test.GetProperty("robustAccuracy").GetDouble() * 100:F1}% under pgd linf", StringComparison.Ordinal));
        Assert.Contains(outcome.OutLines, line => line.Contains(" examples/s with ", StringComparison.Ordinal));
        Assert.Contains(outcome.OutLines, line => line.EndsWith(_shell.FirstRun.StateHash, StringComparison.Ordinal));
        Assert.Contains(outcome.OutLines, line => line.EndsWith(Path.Combine("runs", "tiny"), StringComparison.Ordinal));
        Assert.Empty(outcome.Error);
    }

    [Fact]
    public void Train_Json_PrintsOneDocumentAlone()
    {
        var outcome = _shell.Run("train", "tiny.yaml", "--json").Gives(ExitCode.Done);

        Assert.Equal(_shell.FirstRun.StateHash, Text(RunFiles.Parse(outcome.Out), "stateHash"));
        Assert.Contains(outcome.ErrorLines, line => line.StartsWith("epoch ", StringComparison.Ordinal));
    }

    [Fact]
    public void Train_SpecWithWarning_SaysItOnStandardError()
    {
        var outcome = _shell.Run("train", "tiny.yaml", "--set", "batch.shards=2").Gives(ExitCode.Done);

        Assert.Contains("warning: batch.shards: ", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
        Assert.DoesNotContain("warning", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_SameNameAgain_TakesTheNextFolder()
    {
        _shell.Run("train", "tiny.yaml").Gives(ExitCode.Done);
        _shell.Run("train", "tiny.yaml").Gives(ExitCode.Done);

        Assert.Equal(_shell.FirstRun.StateHash, _shell.RunAt("runs/tiny-2").StateHash);
    }

    [Fact]
    public void Train_EarlyStopping_StopsAndHandsOverTheBestState()
    {
        var run = _shell.Train(
            "out", "--set", "epochs=6", "--set", "earlyStopping.metric=loss", "--set", "earlyStopping.patience=1", "--set", "earlyStopping.minDelta=5");

        var summary = run.Summary();
        Assert.Equal("stopped-early", run.Status);
        Assert.Equal(20, summary.GetProperty("steps").GetInt32());
        Assert.Equal(10, summary.GetProperty("bestStep").GetInt32());
        Assert.Equal(Text(summary, "bestStateHash"), Text(summary, "stateHash"));
        Assert.Equal(10, run.Json("checkpoints/checkpoints.json").GetProperty("best").GetInt32());
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}

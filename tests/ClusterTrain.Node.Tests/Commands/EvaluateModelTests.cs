using System.Text.Json;
using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Tests.Cli;

namespace ClusterTrain.Node.Tests.Commands;

/// <summary>Networks from ONNX files: attacked, and as a start.</summary>
public sealed class EvaluateModelTests : IDisposable
{
    private readonly Shell _shell = new();

    public EvaluateModelTests()
    {
        Baseline.Of().CopyTo(_shell["run"]);
        _shell.Run("export", "run", "--onnx", "model.onnx").Gives(ExitCode.Done);
    }

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void Evaluate_ModelOfARun_GivesTheRunsOwnFigures()
    {
        string[] how = ["--rows", "100", "--json", "--attack", "fgsm eps=0.02", "--attack", "worst linf eps=0.01"];
        var run = RunFiles.Parse(_shell.Run(["evaluate", "run", .. how]).Gives(ExitCode.Done).Out);

        var model = RunFiles.Parse(_shell.Run(["evaluate", "--model", "model.onnx", "--data-name", "glyphs", .. how]).Gives(ExitCode.Done).Out);

        foreach (var figure in new[] { "rows", "clean", "worstCase", "inputGradientNorm" })
            Assert.Equal(run.GetProperty(figure).GetRawText(), model.GetProperty(figure).GetRawText());
    }

    [Fact]
    public void Evaluate_Model_SaysItsLayersAsASpecTakesThem()
    {
        var lines = _shell.Run("evaluate", "--model", "model.onnx", "--data-name", "glyphs", "--rows", "10").Gives(ExitCode.Done).OutLines;

        var layers = lines.SkipWhile(line => line != "  layers:").Skip(1).TakeWhile(line => line.StartsWith("    - ", StringComparison.Ordinal)).ToList();
        Assert.True(layers.Count >= 3, string.Join(Environment.NewLine, lines));
        _shell.Write("tiny.yaml", TinySpec.Text);
        var given = string.Join(", ", layers.Select(layer => layer[6..]));
        _shell.Run("train", "tiny.yaml", "--out", "second", "--set", $"network.layers=[{given}]", "--set", "initialization.from=model.onnx").Gives(ExitCode.Done);
    }

    [Fact]
    public void Evaluate_ModelByASequenceWithoutEps_TakesThatOfPicturesAndSaysSo()
    {
        var outcome = _shell.Run("evaluate", "--model", "model.onnx", "--data-name", "glyphs", "--attack", "worst", "--rows", "10").Gives(ExitCode.Done);

        Assert.Contains("note: a sequence without eps has linf eps=8/255 here", outcome.Error, StringComparison.Ordinal);
        Assert.Contains(outcome.OutLines, line => line.StartsWith("worst linf eps=0.03137", StringComparison.Ordinal));
    }

    [Fact]
    public void Evaluate_WrongModel_IsRefusedByName()
    {
        _shell.Write("page.onnx", "<!doctype html>");
        _shell.Write("data/table/table.csv", "a,b,class\n" + string.Concat(Enumerable.Range(0, 20).Select(row => $"{row},{row % 7},{row % 2}\n")));

        _shell.Refuses(["evaluate"], ["error: name what to evaluate: a run's folder, or an ONNX file with --model FILE --data-name NAME"]);
        _shell.Refuses(["evaluate", "run", "--model", "model.onnx"], ["error: name what to evaluate"]);
        _shell.Refuses(["evaluate", "run", "--data-name", "glyphs"], ["error: --data-name and --data-scale go with --model"]);
        _shell.Refuses(["evaluate", "--model", "model.onnx"], ["error: --model model.onnx: --data-name NAME is missing"]);
        _shell.Refuses(["evaluate", "--model", "gone.onnx", "--data-name", "glyphs"], ["error: --model gone.onnx: there is no such file"]);
        _shell.Refuses(["evaluate", "--model", "page.onnx", "--data-name", "glyphs"], ["page.onnx: "]);
        _shell.Refuses(
            ["evaluate", "--model", "model.onnx", "--data-name", "table"],
            ["error: --model model.onnx: its input is [rows, 784]; rows of data set 'table' are [2]"]);
    }

    [Fact]
    public void Train_FromAModel_StartsFromItsWeightsLayerByLayer()
    {
        var run = _shell.Train("second", "--set", "initialization.from=model.onnx");
        var other = _shell.Train("third", "--set", "initialization.from=run");

        // The file has no optimizer, and neither has any other start.
        Assert.Equal(FirstLoss(other), FirstLoss(run));
        Assert.Contains("from: ", File.ReadAllText(run["spec.yaml"]), StringComparison.Ordinal);
        _shell.Run("verify", "second").Gives(ExitCode.Done);
        _shell.Refuses(
            ["train", "tiny.yaml", "--out", "fourth", "--set", "initialization.from=model.onnx", "--set", "initialization.transposed=true"],
            ["initialization.transposed: ", "model.onnx is an ONNX model, whose operators say how their weights lie; leave the key out"]);
        _shell.Refuses(
            ["train", "tiny.yaml", "--out", "fourth", "--set", "initialization.from=model.onnx", "--set", "network.layers=[{ type: dense, units: 10 }]"],
            ["model.onnx has 2 layers with weights (0, 2), but the network has 1 layers with weights: 0"]);
    }

    private static string FirstLoss(RunFiles run) => JsonDocument.Parse(File.ReadLines(run["ledger.jsonl"]).First(line => line.Contains("\"step\":0", StringComparison.Ordinal)))
        .RootElement.GetProperty("state").GetRawText();
}

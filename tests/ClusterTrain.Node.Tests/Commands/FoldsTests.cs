using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests.Commands;

public sealed class FoldsTests : IDisposable
{
    private readonly Shell _shell = new();

    public FoldsTests() => _shell.Write("tiny.yaml", TinySpec.Text);

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void Train_Folds_AreRunsOfTheirOwnAndATableWithTheirMean()
    {
        var outcome = _shell.Run("train", "tiny.yaml", "--folds", "3", "--out", "cv", "--set", "epochs=1").Gives(ExitCode.Done);

        var folds = _shell.RunAt("cv").Json("folds.json");
        var results = folds.GetProperty("results").EnumerateArray().ToList();
        Assert.Equal(3, results.Count);
        for (var fold = 1; fold <= 3; fold++)
        {
            var run = _shell.RunAt($"cv/fold-{fold}");
            Assert.Equal(run.StateHash, results[fold - 1].GetProperty("stateHash").GetString());
            Assert.Equal($"fold-{fold}", results[fold - 1].GetProperty("folder").GetString());
            Assert.Equal(Accuracy(run, "validation"), results[fold - 1].GetProperty("validation").GetProperty("accuracy").GetDouble());
            _shell.Run("verify", $"cv/fold-{fold}").Gives(ExitCode.Done);
        }

        foreach (var (split, field) in new[] { ("validation", "validationAccuracy"), ("test", "testAccuracy") })
        {
            var expected = Enumerable.Range(1, 3).Average(fold => Accuracy(_shell.RunAt($"cv/fold-{fold}"), split));
            Assert.Equal(expected, folds.GetProperty(field).GetProperty("mean").GetDouble(), 12);
            Assert.True(folds.GetProperty(field).GetProperty("margin").GetDouble() > 0);
        }

        Assert.Equal(JsonRobust(folds), Enumerable.Range(1, 3).Average(fold => _shell.RunAt($"cv/fold-{fold}").Summary().GetProperty("test").GetProperty("robustAccuracy").GetDouble()), 12);
        Assert.Contains(outcome.OutLines, line => line.TrimStart().StartsWith("mean ", StringComparison.Ordinal) && line.Contains("+-", StringComparison.Ordinal));
        Assert.Equal(3, Enumerable.Range(1, 3).Select(fold => _shell.RunAt($"cv/fold-{fold}").Summary().GetProperty("fingerprint").GetProperty("data").GetString()).Distinct().Count());
    }

    [Fact]
    public void Train_OneFoldAlone_IsThatFoldOfAll()
    {
        _shell.Run("train", "tiny.yaml", "--folds", "2", "--out", "cv", "--set", "epochs=1").Gives(ExitCode.Done);

        var alone = _shell.Train("alone", "--set", "epochs=1", "--set", "data.folds=2", "--set", "data.fold=2");

        Assert.Equal(_shell.RunAt("cv/fold-2").StateHash, alone.StateHash);
        Assert.NotEqual(_shell.RunAt("cv/fold-1").StateHash, alone.StateHash);
    }

    [Fact]
    public void Resume_AmidTheSecondFold_KeepsTheFirstAndComesToTheSameBits()
    {
        _shell.Run("train", "tiny.yaml", "--folds", "3", "--out", "whole").Gives(ExitCode.Done);
        var first = _shell.RunUntil("Fold 2 of 3:", "train", "tiny.yaml", "--folds", "3", "--out", "parts").Gives(ExitCode.Interrupted);
        Assert.Contains(first.ErrorLines, line => line.EndsWith("Go on with: clustertrain train --folds 3 --resume --out parts", StringComparison.Ordinal));
        Assert.False(_shell.RunAt("parts/fold-3").Exists);
        Assert.False(File.Exists(_shell["parts/folds.json"]));
        var kept = File.GetLastWriteTimeUtc(_shell["parts/fold-1/summary.json"]);

        _shell.Run("train", "--folds", "3", "--resume", "--out", "parts").Gives(ExitCode.Done);

        Assert.Equal(kept, File.GetLastWriteTimeUtc(_shell["parts/fold-1/summary.json"]));
        Assert.Equal(File.ReadAllText(_shell["whole/folds.json"]), File.ReadAllText(_shell["parts/folds.json"]));
    }

    [Fact]
    public void Train_FoldsAsJson_PrintsOneDocument()
    {
        var outcome = _shell.Run("train", "tiny.yaml", "--folds", "2", "--out", "cv", "--json", "--set", "epochs=1").Gives(ExitCode.Done);

        Assert.Equal(2, RunFiles.Parse(outcome.Out).GetProperty("folds").GetInt32());
        Assert.Contains("Fold 2 of 2:", outcome.ErrorLines);
    }

    [Theory]
    [InlineData("--folds 1: allowed are 2 to 1000", "--folds", "1")]
    [InlineData("--folds -3: allowed are 2 to 1000", "--folds", "-3")]
    [InlineData("the spec is that of a single fold already (data.folds is 4)", "--folds", "3", "--set", "data.folds=4")]
    [InlineData("has only", "--folds", "400")]
    [InlineData("batch.size: 40 rows are wanted; there are 30 training rows", "--folds", "2", "--set", "data.train=40", "--set", "data.validation=20", "--set", "evaluation.validationAttackRows=0")]
    public void Train_WrongFolds_AreRefusedBeforeAnythingIsWritten(string error, params string[] args)
    {
        var before = _shell.Snapshot();

        var outcome = _shell.Run(["train", "tiny.yaml", .. args]).Gives(ExitCode.WrongInput);

        Assert.Contains(outcome.ErrorLines, line => line.Contains(error, StringComparison.Ordinal));
        Assert.Equal(before, _shell.Snapshot());
    }

    private static double Accuracy(RunFiles run, string split) => run.Summary().GetProperty(split).GetProperty("accuracy").GetDouble();

    private static double JsonRobust(System.Text.Json.JsonElement folds) => folds.GetProperty("testRobustAccuracy").GetProperty("mean").GetDouble();
}

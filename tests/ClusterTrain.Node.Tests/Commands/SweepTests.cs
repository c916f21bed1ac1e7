using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests.Commands;

public sealed class SweepTests : IDisposable
{
    private const string Factorial = """
        name: pair
        base: tiny.yaml
        set: { epochs: 1, evaluation.testAttack.steps: 1 }
        seeds: [1, 2]
        factors:
          dropout: { none: { "network.layers[2].rate": 0 }, some: { "network.layers[2].rate": 0.3 } }
          smoothing: { none: {}, some: { regularization.labelSmoothing: 0.1 } }

        """;

    private readonly Shell _shell = new();

    public SweepTests()
    {
        _shell.Write("studies/tiny.yaml", TinySpec.Text);
        _shell.Write("studies/pair.yaml", Factorial);
    }

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void Sweep_Factorial_WritesRunsTablesAndEffects()
    {
        var outcome = _shell.Run("sweep", "studies/pair.yaml", "--workers", "2").Gives(ExitCode.Done);

        var study = _shell.RunAt("runs/pair").Json("study.json");
        Assert.Equal("full factorial", study.GetProperty("method").GetString());
        Assert.Equal(4, study.GetProperty("cells").GetArrayLength());
        var csv = File.ReadAllLines(_shell["runs/pair/study.csv"]);
        Assert.Equal(9, csv.Length);
        Assert.StartsWith("cell,dropout,smoothing,seed,status,testAccuracy,testRobustAccuracy,trainAccuracy,gap,", csv[0], StringComparison.Ordinal);
        Assert.StartsWith("\"dropout=none, smoothing=none\",none,none,1,completed,", csv[1], StringComparison.Ordinal);
        foreach (var cell in study.GetProperty("cells").EnumerateArray())
        {
            var runs = cell.GetProperty("runs").EnumerateArray().Select(run => _shell.RunAt($"runs/pair/{run.GetProperty("folder").GetString()}")).ToList();
            Assert.Equal(2, runs.Count);
            Assert.Equal(
                runs.Average(run => run.Summary().GetProperty("test").GetProperty("accuracy").GetDouble()),
                cell.GetProperty("measures").GetProperty("testAccuracy").GetProperty("mean").GetDouble(), 12);
        }

        Assert.Contains(outcome.OutLines, line => line.Contains("dropout: none to some x smoothing: none to some", StringComparison.Ordinal));
        Assert.Contains(outcome.OutLines, line => line.Contains("test robust", StringComparison.Ordinal));
        _shell.Run("verify", "runs/pair/cells/dropout-some+smoothing-some/seed-2").Gives(ExitCode.Done);
        Assert.Equal(
            _shell.Train("alone", "--set", "epochs=1", "--set", "evaluation.testAttack.steps=1", "--set", "seed=2", "--set", "network.layers[2].rate=0.3", "--set", "regularization.labelSmoothing=0.1").StateHash,
            _shell.RunAt("runs/pair/cells/dropout-some+smoothing-some/seed-2").StateHash);
    }

    [Fact]
    public void Sweep_InterruptedAndTakenUpAgain_ComesToTheSameTables()
    {
        _shell.Run("sweep", "studies/pair.yaml", "--out", "whole", "--workers", "3").Gives(ExitCode.Done);
        var interrupted = _shell.RunUntil("3/8", "sweep", "studies/pair.yaml", "--out", "parts", "--workers", "1").Gives(ExitCode.Interrupted);
        Assert.Equal(
            "Interrupted after 3 of 8 runs; the others are saved. Go on with: clustertrain sweep studies/pair.yaml --resume --out parts",
            Assert.Single(interrupted.ErrorLines));
        Assert.False(File.Exists(_shell["parts/study.json"]));
        Assert.Contains("already holds a study", _shell.Run("sweep", "studies/pair.yaml", "--out", "parts").Gives(ExitCode.WrongInput).Error, StringComparison.Ordinal);

        _shell.Run("sweep", "studies/pair.yaml", "--out", "parts", "--resume").Gives(ExitCode.Done);

        Assert.Equal(File.ReadAllText(_shell["whole/study.json"]), File.ReadAllText(_shell["parts/study.json"]));
        Assert.Equal(File.ReadAllText(_shell["whole/study.csv"]), File.ReadAllText(_shell["parts/study.csv"]));
    }

    [Fact]
    public void Sweep_CellThatStartsFromAnotherRun_IsARunThatSaysWhichFile()
    {
        _shell.Train("first", "--set", "seed=9", "--set", "epochs=1");
        _shell.Write("studies/start.yaml", """
            name: start
            base: tiny.yaml
            set: { epochs: 1 }
            seeds: [1]
            factors: { start: { fresh: {}, loaded: { initialization.from: first } } }

            """);

        _shell.Run("sweep", "studies/start.yaml").Gives(ExitCode.Done);

        var loaded = _shell.RunAt("runs/start/cells/start-loaded/seed-1");
        Assert.Matches("sha256: \"?[0-9a-f]{64}", File.ReadAllText(loaded["spec.yaml"]));
        Assert.Contains("name: start-loaded\n", File.ReadAllText(loaded["spec.yaml"]), StringComparison.Ordinal);
        _shell.Run("verify", "runs/start/cells/start-loaded/seed-1").Gives(ExitCode.Done);
        Assert.Equal(_shell.Train("alone", "--set", "initialization.from=first", "--set", "epochs=1").StateHash, loaded.StateHash);
        _shell.Run("sweep", "studies/start.yaml", "--resume", "--out", "runs/start").Gives(ExitCode.Done);
    }

    [Fact]
    public void Sweep_TakenUpAgainAfterAChange_KeepsRunsWhenItGrewAndIsRefusedWhenTheyDiffer()
    {
        _shell.Run("sweep", "studies/pair.yaml", "--out", "out").Gives(ExitCode.Done);
        var kept = File.GetLastWriteTimeUtc(_shell["out/cells/dropout-some+smoothing-some/seed-2/summary.json"]);
        _shell.Write("studies/pair.yaml", Factorial.Replace("epochs: 1", "epochs: 2", StringComparison.Ordinal));
        var before = _shell.Snapshot();

        var refused = _shell.Run("sweep", "studies/pair.yaml", "--resume", "--out", "out").Gives(ExitCode.WrongInput);

        Assert.Equal(8, refused.ErrorLines.Count(line => line.Contains("holds a run with another spec: the study was changed", StringComparison.Ordinal)));
        Assert.Equal(before, _shell.Snapshot());
        _shell.Write("studies/pair.yaml", Factorial.Replace("[1, 2]", "[1, 2, 3]", StringComparison.Ordinal));
        var grown = _shell.Run("sweep", "studies/pair.yaml", "--resume", "--out", "out").Gives(ExitCode.Done);
        Assert.Contains("12 runs", grown.Out, StringComparison.Ordinal);
        Assert.Equal(kept, File.GetLastWriteTimeUtc(_shell["out/cells/dropout-some+smoothing-some/seed-2/summary.json"]));
        Assert.Equal(13, File.ReadAllLines(_shell["out/study.csv"]).Length);
    }

    [Fact]
    public void Sweep_Json_PrintsOneDocument()
    {
        var outcome = _shell.Run("sweep", "studies/pair.yaml", "--json").Gives(ExitCode.Done);

        Assert.Equal("pair", RunFiles.Parse(outcome.Out).GetProperty("study").GetString());
        Assert.Contains(outcome.ErrorLines, line => line.StartsWith("8/8", StringComparison.Ordinal));
    }

    [Fact]
    public void Sweep_Search_SaysThatItIsRandomAndChoosesByValidation()
    {
        _shell.Write("studies/search.yaml", """
            name: search
            base: tiny.yaml
            seeds: [1]
            search:
              trials: 3
              seed: 2
              metric: robustAccuracy
              space: { optimizer.learningRate: { min: 0.0001, max: 0.02, scale: log } }

            """);

        var said = _shell.Run("sweep", "studies/search.yaml").Gives(ExitCode.Done);

        Assert.Contains(said.OutLines, line => line.StartsWith("search: random search, 3 trials drawn with seed 2", StringComparison.Ordinal));
        Assert.Contains(said.OutLines, line => line.StartsWith("Best by validationRobustAccuracy (", StringComparison.Ordinal));
        var best = _shell.RunAt("runs/search").Json("study.json").GetProperty("best");
        var trials = Enumerable.Range(1, 3).ToDictionary(
            trial => $"trial-{trial}",
            trial => _shell.RunAt($"runs/search/cells/trial-{trial}/seed-1").Summary().GetProperty("validation").GetProperty("robustAccuracy").GetDouble());
        Assert.Equal(trials.Values.Max(), best.GetProperty("value").GetDouble());
        Assert.Equal(trials.Values.Max(), trials[best.GetProperty("cell").GetString()!]);
    }

    [Fact]
    public void Sweep_WrongStudy_ReportsEverythingAndStartsNothing()
    {
        _shell.Write("studies/wrong.yaml", "seeds: [1]\nbase: { epcohs: 1 }\nfactors: { a: { x: { batch.size: 0 }, y: { nmae: 1 } } }\n");
        _shell.Write("studies/data.yaml", "seeds: [1]\nbase: { data: { name: nowhere } }\n");
        _shell.Write("studies/units.yaml", "seeds: [1]\nbase: tiny.yaml\nfactors: { units: { ten: {}, nine: { \"network.layers[3].units\": 9 } } }\n");
        var before = _shell.Snapshot();

        Assert.Equal(
            [
                "error: studies/wrong.yaml:2:9: epcohs: unknown key; did you mean 'epochs'?",
                "error: studies/wrong.yaml:3:34: batch.size: '0' is out of range; allowed: 1 to 1000000 rows (in a=x)",
                "error: studies/wrong.yaml:3:44: nmae: unknown key; did you mean 'name'? (in a=y)",
            ],
            _shell.Run("sweep", "studies/wrong.yaml").Gives(ExitCode.WrongInput).ErrorLines);
        Assert.Contains("data set 'nowhere' not found", _shell.Run("sweep", "studies/data.yaml").Gives(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        Assert.Contains("the last layer has 9 units; glyphs has 10 classes, and each wants one unit (in units=nine)", _shell.Run("sweep", "studies/units.yaml").Gives(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        Assert.Contains("the study cannot be read", _shell.Run("sweep", "gone.yaml").Gives(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        Assert.Contains("there is no run in", _shell.Run("sweep", "studies/pair.yaml", "--resume").Gives(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        Assert.Equal(before, _shell.Snapshot());
    }
}

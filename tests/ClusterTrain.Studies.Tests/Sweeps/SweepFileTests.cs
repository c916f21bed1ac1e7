using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Optimizers;
using ClusterTrain.Studies.Sweeps;

namespace ClusterTrain.Studies.Tests.Sweeps;

public sealed class SweepFileTests
{
    private const string Factorial = """
        name: both
        base: { epochs: 3, regularization: { l2: 0.001 } }
        set: { batch.size: 64 }
        seeds: [4, 2]
        factors:
          rate:
            none: {}
            some: { "network.layers[0].units": 32, regularization.l2: 0 }
          smooth:
            a: { regularization.labelSmoothing: 0 }
            b: { regularization.labelSmoothing: 0.1 }
            c: { regularization.labelSmoothing: 0.2 }

        """;

    private const string Search = """
        seeds: [1]
        search:
          trials: 40
          seed: 5
          space:
            optimizer.learningRate: { min: 0.001, max: 1, scale: log }
            regularization.l1: { min: 0, max: 0.5 }
            network.layers[0].units: { min: 8, max: 64, whole: true }
            optimizer.type: { choices: [sgd, adam] }

        """;

    [Fact]
    public void Load_Factors_GivesAllCombinationsTheLastFactorFastest()
    {
        var study = Good(Factorial);

        Assert.Equal(
            ["rate=none, smooth=a", "rate=none, smooth=b", "rate=none, smooth=c", "rate=some, smooth=a", "rate=some, smooth=b", "rate=some, smooth=c"],
            study.Cells.Select(cell => cell.Name));
        Assert.Equal([0.0, 0.1, 0.2, 0.0, 0.1, 0.2], study.Cells.Select(cell => cell.Spec.Regularization.LabelSmoothing));
        Assert.Equal([256, 256, 256, 32, 32, 32], study.Cells.Select(cell => ((DenseLayer)cell.Spec.Network.Layers[0]).Units));
        Assert.Equal([0.001, 0.001, 0.001, 0, 0, 0], study.Cells.Select(cell => cell.Spec.Regularization.L2));
        Assert.All(study.Cells, cell => Assert.Equal((3, 64), (cell.Spec.Epochs, cell.Spec.Batch.Size)));
        Assert.Equal(12, study.Runs.Count);
        Assert.Equal([4, 2, 4, 2], study.Runs.Take(4).Select(run => run.Spec.Seed));
        Assert.Equal("cells/rate-some+smooth-c/seed-2", study.Runs[^1].Folder);
    }

    [Fact]
    public void Load_BaseFile_IsReadAndChanged()
    {
        var study = SweepFile.Load(new("base: deep/own.yaml\nseeds: [1]\nset: { epochs: 5 }", "study.yaml", name => name == "deep/own.yaml" ? "epochs: 9\nbatch: { size: 64 }" : "")).Study!;

        var cell = Assert.Single(study.Cells);
        Assert.Equal(("base", 5, 64), (cell.Name, cell.Spec.Epochs, cell.Spec.Batch.Size));
    }

    [Fact]
    public void Load_Search_DrawsTheSameTrialsEachTimeInsideTheirRanges()
    {
        var (study, again) = (Good(Search), Good(Search));

        Assert.Equal(40, study.Cells.Count);
        Assert.Equal(study.Cells.Select(cell => cell.Spec), again.Cells.Select(cell => cell.Spec));
        Assert.Equal(40, study.Cells.Select(cell => cell.Spec).Distinct().Count());
        Assert.All(study.Cells, cell =>
        {
            Assert.InRange(cell.Spec.Optimizer.LearningRate, 0.001, 1);
            Assert.InRange(cell.Spec.Regularization.L1, 0, 0.5);
            Assert.InRange(((DenseLayer)cell.Spec.Network.Layers[0]).Units, 8, 64);
        });
        // A logarithmic scale puts as many below the geometric middle as above it, a linear one 3%.
        Assert.InRange(study.Cells.Count(cell => cell.Spec.Optimizer.LearningRate < 0.0316), 12, 28);
        Assert.InRange(study.Cells.Count(cell => cell.Spec.Regularization.L1 < 0.25), 12, 28);
        Assert.InRange(study.Cells.Count(cell => cell.Spec.Optimizer.Type is AdamRule), 12, 28);
        Assert.NotEqual(
            study.Cells.Select(cell => cell.Spec.Optimizer.LearningRate),
            Good(Search.Replace("seed: 5", "seed: 6", StringComparison.Ordinal)).Cells.Select(cell => cell.Spec.Optimizer.LearningRate));
    }

    [Fact]
    public void Load_SearchOfASmallSpace_TriesEachSettingOnce()
    {
        var study = Good("seeds: [1]\nsearch: { trials: 50, space: { epochs: { choices: [1, 2, 3] }, optimizer.type: { choices: [sgd, adam] } } }");

        Assert.Equal(6, study.Cells.Count);
        Assert.Equal(6, study.Cells.Select(cell => (cell.Spec.Epochs, cell.Spec.Optimizer.Type)).Distinct().Count());
    }

    [Fact]
    public void Load_EverythingWrong_ReportsAllAtOnceWithPlaces()
    {
        const string text = """
            nmae: x
            seeds: [1, two, 1]
            base: { epcohs: 3 }
            set: { seed: 4, "batch..size": 3 }
            factors:
              one:
                only: { optimizer.learningRat: 1 }
              bad name:
                a: { regularization.labelSmoothing: 0.3 }
                b: { batch.shards: 3 }

            """;

        var result = SweepFile.Load(new(text, "study.yaml", _ => ""));

        Assert.Null(result.Study);
        Assert.Equal(
            [
                "study.yaml:1:1: error: nmae: unknown key; did you mean 'name'?",
                "study.yaml:2:12: error: seeds[1]: wants a whole number (0 to 9007199254740992); 'two' is given",
                "study.yaml:2:17: error: seeds[2]: seed 1 is given twice: it would give the same run again",
                "study.yaml:3:9: error: epcohs: unknown key; did you mean 'epochs'?",
                "study.yaml:4:8: error: set.seed: is the study's own: give seeds: [1, 2, 3] at the top of the study",
                "study.yaml:4:17: error: 'batch..size' is not a path such as network.layers[1].rate",
                "study.yaml:6:3: error: factors.one: wants two or more named levels, such as 'none: {}' and 'half: { \"network.layers[2].rate\": 0.5 }'; 1 given",
                "study.yaml:7:13: error: optimizer.learningRat: unknown key; did you mean 'learningRate'?",
                "study.yaml:8:3: error: factors.bad name: 'bad name' is no name; allowed: letters, digits, '-', '_' and '.', first a letter or digit, at most 40 characters",
                "study.yaml:9:41: error: regularization.labelSmoothing: '0.3' is out of range; allowed: 0 to 0.2 (in one=only, bad name=a)",
                "study.yaml:10:10: error: batch.shards: 3 shards do not divide a batch of 128 rows; the nearest count that does is 2 (in one=only, bad name=b)",
            ],
            result.Problems.Where(problem => problem.Severity == Training.Specs.SpecSeverity.Error).Select(problem => problem.ToString()));
    }

    [Theory]
    [InlineData("name: x", "seeds", "is missing: a list such as [1, 2, 3], one run of each cell for each")]
    [InlineData("seeds: 3", "seeds", "wants a list such as [1, 2, 3]; '3' is given")]
    [InlineData("seeds: []", "seeds", "wants a list such as [1, 2, 3]; an empty one is given")]
    [InlineData("seeds: [-1]", "seeds[0]", "'-1' is out of range; allowed: 0 to 9007199254740992")]
    [InlineData("seeds: [1]\nbase: [1]", "base", "wants the file of a run spec, or its keys; a list is given")]
    [InlineData("seeds: [1]\nbase: gone.yaml", "base", "the run spec 'gone.yaml' cannot be read: no such file")]
    [InlineData("seeds: [1]\nfactors: { a: { x: {}, y: {} } }\nsearch: { trials: 1, space: { epochs: { choices: [1] } } }", "search", "a study has factors or a search; both are given")]
    [InlineData("seeds: [1]\nfactors: { a: { x: 3, y: {} } }", "factors.a.x", "wants a mapping with settings such as 'optimizer.learningRate: 0.05'; '3' is given")]
    [InlineData("seeds: [1]\nfactors: { a: { x: {}, x: {}, y: {} } }", "factors.a.x", "is given twice, first on line 2")]
    [InlineData("seeds: [1]\nsearch: { space: { epochs: { choices: [1] } } }", "search.trials", "is missing; allowed: 1 to 10000 trials")]
    [InlineData("seeds: [1]\nsearch: { trials: 3 }", "search.space", "is missing: keys of a spec, each with { min: 0, max: 15 } or { choices: [0, 0.5] }")]
    [InlineData("seeds: [1]\nsearch: { trials: 3, metric: loss, space: { epochs: { choices: [1] } } }", "search.metric", "wants one of accuracy, robustAccuracy; 'loss' is given")]
    [InlineData("seeds: [1]\nsearch: { trials: 3, metric: robustAccuracy, space: { epochs: { choices: [1] } } }", "search.metric", "robustAccuracy is measured by evaluation.validationAttack, whose method is none; set it, or choose accuracy")]
    [InlineData("seeds: [1]\nsearch: { trials: 3, space: { epochs: { min: 1 } } }", "search.space.epochs.max", "is missing; allowed: { min: 0, max: 15 } or { choices: [0, 0.5] }")]
    [InlineData("seeds: [1]\nsearch: { trials: 3, space: { epochs: { min: 2, max: 1 } } }", "search.space.epochs", "min is above max: 2 and 1")]
    [InlineData("seeds: [1]\nsearch: { trials: 3, space: { regularization.l1: { min: 0, max: 1, scale: log } } }", "search.space.regularization.l1.min", "0 has no logarithm; allowed with scale: log: above 0")]
    [InlineData("seeds: [1]\nsearch: { trials: 3, space: { epochs: { choices: [1], max: 1 } } }", "search.space.epochs", "has choices and a range; allowed: one of them")]
    [InlineData("seeds: [1]\nsearch: { trials: 5001, space: { epochs: { min: 1, max: 2 } } }\nname: ../x", "name", "'../x' is no name; allowed: letters, digits, '-', '_' and '.', first a letter or digit, at most 40 characters")]
    public void Load_OneThingWrong_IsTheOnlyProblem(string text, string path, string message)
    {
        var problem = Assert.Single(SweepFile.Load(new(text, "s", _ => throw new FileNotFoundException("no such file"))).Problems);

        Assert.Equal((path, message), (problem.Path, problem.Message));
        Assert.NotNull(problem.Line);
    }

    [Fact]
    public void Load_TooManyRuns_IsRefusedWithoutMakingThem()
    {
        var factors = string.Concat(Enumerable.Range(0, 30).Select(i => $"  f{i}: {{ a: {{}}, b: {{}} }}\n"));

        var problem = Assert.Single(SweepFile.Load(new($"seeds: [1]\nfactors:\n{factors}", "s", _ => "")).Problems);

        Assert.EndsWith("runs are too many; at most 10000", problem.Message, StringComparison.Ordinal);
    }

    // Those of `variance` are of another kind.
    public static TheoryData<string> Shipped() => [.. Directory.GetFiles(ShippedFolder, "*.yaml").Where(file => !file.EndsWith("-variance.yaml", StringComparison.Ordinal)).Select(file => Path.GetFileName(file)!)];

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Load_ShippedStudy_HasNoProblem(string file)
    {
        var result = SweepFile.Load(new(File.ReadAllText(Path.Combine(ShippedFolder, file)), file, name => File.ReadAllText(Path.Combine(ShippedFolder, name))));

        Assert.Empty(result.Problems);
        Assert.Equal(Path.GetFileNameWithoutExtension(file), result.Study!.Name);
        Assert.True(result.Study.Cells.Count >= 2);
    }

    private static string ShippedFolder => Path.Combine(SpecText.Root(), "cluster-config", "studies");

    private static Study Good(string text)
    {
        var result = SweepFile.Load(new(text, "study.yaml", _ => throw new FileNotFoundException()));
        Assert.True(result.Study is not null, string.Join("\n", result.Problems));
        return result.Study;
    }
}

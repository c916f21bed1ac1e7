using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests.Commands;

public sealed class VarianceTests(VarianceTests.Whole whole) : IClassFixture<VarianceTests.Whole>, IDisposable
{
    private const string Study = """
        name: tiny
        arms: [a, c, d]
        sets: 1
        members: 6
        ensembleSizes: [1, 2, 3]
        bootstrapDraws: 1000
        dropout:
          epochs: 2
          data: { name: glyphs, train: 100, validation: 20, test: 60 }
          network:
            layers:
              - { type: dense, units: 12 }
              - { type: relu }
              - { type: dropout, rate: 0.5 }
              - { type: dense, units: 10 }
          batch: { size: 20, shards: 4 }

        """;

    private readonly Shell _shell = WithStudy();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void Study_WholeRun_WritesItsFilesAndSaysWhatWasFound()
    {
        var outcome = _shell.Run("variance", "tiny.yaml", "--workers", "2").Gives(ExitCode.Done);

        Assert.All(["study.yaml", "variance.json", "variance.csv", "timings.json", "report.html", "members/a/set-1/06/summary.json", "members/d/set-1/01/ledger.jsonl"],
            name => Assert.True(File.Exists(_shell[Path.Combine("studies", "tiny", name)]), name));
        Assert.Contains(outcome.OutLines, line => line.StartsWith("c (dropout networks) against a: C ", StringComparison.Ordinal));
        Assert.Empty(outcome.ErrorLines);
        _shell.Run("verify", "studies/tiny/members/c/set-1/02").Gives(ExitCode.Done);
    }

    [Theory]
    [InlineData("  3/13")]
    [InlineData(" 12/13")]
    [InlineData("Measuring.")]
    [InlineData("a          V")]
    public void Interrupt_AtAnyPoint_SavesSaysHowToGoOnAndComesToTheSameBytes(string line)
    {
        var outcome = _shell.RunUntil(line, "variance", "tiny.yaml", "--out", "parts", "--workers", "1").Gives(ExitCode.Interrupted);
        Assert.Contains("Go on with: clustertrain variance --resume --out parts", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
        Assert.False(File.Exists(_shell[Path.Combine("parts", "variance.json")]));

        _shell.Run("variance", "--resume", "--out", "parts", "--workers", "3").Gives(ExitCode.Done);

        AssertSame("parts");
    }

    [Fact]
    public void Interrupt_Processes_EndsItsChildrenAndResumesOnProcessesToTheSameBytes()
    {
        _shell.RunUntil("  4/13", "variance", "tiny.yaml", "--out", "parts", "--engine", "processes", "--workers", "2").Gives(ExitCode.Interrupted);

        _shell.Run("variance", "--resume", "--out", "parts", "--engine", "processes", "--workers", "2").Gives(ExitCode.Done);

        AssertSame("parts");
    }

    [Theory]
    [InlineData("arms: [a, c, d]", "arms: [a, x]", "arms[1]: wants one of a, b, c, d, e, f, g; 'x' is given")]
    [InlineData("members: 6", "members: 4", "an interval over models wants 3 in each: 6 or more")]
    [InlineData("sets: 1", "sets: 200000", "'200000' is out of range; allowed: 1 to 100 sets")]
    [InlineData("train: 100", "train: 20000", "data: 20000 training and 20 validation rows asked for")]
    [InlineData("sets: 1", "sets: 100", "sets: 100 disjoint sets of 100 rows do not fit: data: 100 training and 20 validation rows asked for, 9900 rows further on")]
    [InlineData("units: 10 }", "units: 9 }", "the last layer has 9 units; glyphs has 10 classes")]
    public void WrongStudy_IsRefusedBeforeAnythingIsWritten(string piece, string other, string expected)
    {
        _shell.Write("wrong.yaml", Study.Replace(piece, other, StringComparison.Ordinal));
        var before = _shell.Snapshot();

        var outcome = _shell.Run("variance", "wrong.yaml").Gives(ExitCode.WrongInput);

        Assert.Contains(expected, outcome.Error, StringComparison.Ordinal);
        Assert.Equal(before, _shell.Snapshot());
    }

    [Fact]
    public void WrongFolder_IsRefused()
    {
        _shell.Run("variance", "tiny.yaml", "--out", "here").Gives(ExitCode.Done);

        Assert.Contains("already holds a study", _shell.Run("variance", "tiny.yaml", "--out", "here").Gives(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        Assert.Contains("holds another study", _shell.Run("variance", "tiny.yaml", "--set", "seed=2", "--resume", "--out", "here").Gives(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        Assert.Contains("there is no study here", _shell.Run("variance", "--resume", "--out", "nowhere").Gives(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        Assert.Contains("no such engine", _shell.Run("variance", "tiny.yaml", "--engine", "locl").Gives(ExitCode.WrongInput).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Quick_WithoutFashionMnist_SaysThatGlyphsServe()
    {
        var outcome = _shell.RunUntil(" trainings, ", "variance", "--quick", "--workers", "1").Gives(ExitCode.Interrupted);

        Assert.StartsWith("fashion-mnist is in no data folder: the built-in glyphs serve instead.", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("glyphs-variance-quick: glyphs, 1 training set of 3,000 rows, arms a, c, d, 8 members each, 17 trainings, 1 at once", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("--resume --out " + Path.Combine("studies", "glyphs-variance-quick"), outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void FullStudy_WithoutItsData_SaysWhereToGetIt() =>
        Assert.Contains("data fetch fashion-mnist", _shell.Run("variance").Gives(ExitCode.WrongInput).Error, StringComparison.Ordinal);

    private static Shell WithStudy()
    {
        var shell = new Shell();
        shell.Write("tiny.yaml", Study);
        return shell;
    }

    private void AssertSame(string folder)
    {
        foreach (var name in new[] { "variance.json", "variance.csv" })
            Assert.Equal(whole.Text(name), File.ReadAllText(_shell[Path.Combine(folder, name)]));
    }

    /// <summary>The study that nothing happens to, once for all tests.</summary>
    public sealed class Whole : IDisposable
    {
        private readonly Shell _shell = WithStudy();

        public Whole() => _shell.Run("variance", "tiny.yaml", "--out", "whole", "--workers", "1").Gives(ExitCode.Done);

        public void Dispose() => _shell.Dispose();

        internal string Text(string name) => File.ReadAllText(_shell[Path.Combine("whole", name)]);
    }
}

using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests.Commands;

public sealed class CompareTests : IDisposable
{
    private readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void Compare_DifferentSpecs_ShowsTheKeysThatDifferAndNoOther()
    {
        _shell.Train("a");
        _shell.Train("b", "--set", "seed=7", "--set", "network.layers[2].rate=0.3");

        var outcome = _shell.Run("compare", "a", "b").Gives(ExitCode.Done);

        var lines = outcome.OutLines;
        var spec = lines.SkipWhile(line => line != "Spec").Skip(1).TakeWhile(line => line.StartsWith(' ')).Select(Words);
        Assert.Equal(["seed|1|7", "network.layers[2].rate|0.2|0.3"], spec);
        Assert.Contains("The runs' final states differ.", lines);
    }

    [Fact]
    public void Compare_SameSpec_SaysThatTheStatesAreTheSame()
    {
        _shell.Train("a", "--workers", "1");
        _shell.Train("b", "--workers", "2");

        var outcome = _shell.Run("compare", "a", "b").Gives(ExitCode.Done);

        Assert.Contains("  (the same)", outcome.OutLines);
        Assert.Contains("The runs' final states are the same to the bit.", outcome.OutLines);
        Assert.Contains("workers|1|2", outcome.OutLines.Select(Words));
        var hash = _shell.RunAt("a").StateHash[..12];
        Assert.Contains($"state hash|{hash}|{hash}", outcome.OutLines.Select(Words));
    }

    [Fact]
    public void Compare_InterruptedRun_ShowsWhatItHas()
    {
        _shell.Train("a");
        _shell.RunUntil("epoch     1/2", "train", "tiny.yaml", "--out", "b").Gives(ExitCode.Interrupted);

        var outcome = _shell.Run("compare", "a", "b").Gives(ExitCode.Done);

        Assert.Contains("steps|20|10", outcome.OutLines.Select(Words));
        Assert.Contains(outcome.OutLines, line => line.TrimStart().StartsWith("2 ", StringComparison.Ordinal) && line.EndsWith(" -", StringComparison.Ordinal));
        Assert.Contains("The runs' final states differ.", outcome.OutLines);
    }

    private static string Words(string line) =>
        string.Join('|', line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}

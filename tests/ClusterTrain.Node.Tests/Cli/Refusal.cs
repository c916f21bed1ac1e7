using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests.Cli;

/// <summary>What every wrong input must meet: code 2, clear lines, and nothing on disk.</summary>
internal static class Refusal
{
    /// <param name="lines">For each error that must be reported, pieces that its line must hold: what is wrong, what is allowed.</param>
    public static void Refuses(this Shell shell, string[] args, params string[][] lines)
    {
        var before = shell.Snapshot();

        var outcome = shell.Run(args).Gives(ExitCode.WrongInput);

        var errors = outcome.ErrorLines.Where(line => line.StartsWith("error: ", StringComparison.Ordinal)).ToList();
        Assert.True(lines.Length == errors.Count, $"{errors.Count} errors, expected {lines.Length}\n{outcome.Error}");
        foreach (var (line, pieces) in errors.Zip(lines))
            Assert.All(pieces, piece => Assert.Contains(piece, line, StringComparison.Ordinal));
        Assert.All(outcome.ErrorLines, line => Assert.DoesNotContain("error: error", line, StringComparison.Ordinal));
        Assert.All(outcome.ErrorLines, line => Assert.Matches("^(error: |Try: |.*warning: )", line));
        Assert.DoesNotContain("Exception", outcome.Error, StringComparison.Ordinal);
        Assert.Empty(outcome.Out);
        Assert.Equal(before, shell.Snapshot());
    }
}

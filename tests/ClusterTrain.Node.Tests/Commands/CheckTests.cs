using ClusterTrain.Node.Cli;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Loading;

namespace ClusterTrain.Node.Tests.Commands;

public sealed class CheckTests : IDisposable
{
    private readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void Check_Spec_PrintsASpecThatIsEqual()
    {
        _shell.Write("tiny.yaml", TinySpec.Text);

        var printed = _shell.Run("check", "tiny.yaml", "--set", "seed=9").Gives(ExitCode.Done).Out;

        Assert.Equal(SpecLoader.Load(TinySpec.Text, "tiny", ["seed=9"]).Spec, SpecLoader.Load(printed, "printed").Spec);
        _shell.Write("printed.yaml", printed);
        Assert.Equal(printed, _shell.Run("check", "printed.yaml").Gives(ExitCode.Done).Out);
    }

    [Fact]
    public void Check_Spec_FillsInEveryDefaultAndSaysWhatItMeans()
    {
        _shell.Write("tiny.yaml", "name: tiny\n");

        var printed = _shell.Run("check", "tiny.yaml").Gives(ExitCode.Done).Out;

        Assert.Contains("learningRate: 0.1", printed, StringComparison.Ordinal);
        Assert.Contains("#", printed, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_NoSpec_PrintsTheEmbeddedOne() =>
        Assert.Contains("name: quickstart", _shell.Run("check").Gives(ExitCode.Done).Out, StringComparison.Ordinal);

    [Fact]
    public void Check_Warning_PassesAndSaysIt()
    {
        _shell.Write("tiny.yaml", TinySpec.Text);

        var outcome = _shell.Run("check", "tiny.yaml", "--set", "batch.shards=2").Gives(ExitCode.Done);

        Assert.Contains("warning: batch.shards", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
    }
}

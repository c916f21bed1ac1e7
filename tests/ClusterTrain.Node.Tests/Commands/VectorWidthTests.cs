using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests.Commands;

/// <summary>The same run as on lesser processors: the runtime can be told to leave instructions alone.</summary>
public sealed class VectorWidthTests : IDisposable
{
    private readonly Shell _shell = new();

    public VectorWidthTests() => _shell.Write("tiny.yaml", TinySpec.Text);

    public void Dispose() => _shell.Dispose();

    [Theory]
    [InlineData("CLUSTERTRAIN_VECTOR", "256")]
    [InlineData("CLUSTERTRAIN_VECTOR", "scalar")]
    [InlineData("DOTNET_EnableAVX512", "0")]
    [InlineData("DOTNET_EnableAVX2", "0")]
    [InlineData("DOTNET_EnableHWIntrinsic", "0")]
    public void StateHash_LesserProcessor_IsTheSame(string variable, string value)
    {
        using var process = new ProgramProcess(
            _shell["."], [(variable, value)], "train", "tiny.yaml", "--out", "lesser", "--json");
        var outcome = process.Exit();

        if (outcome.Code != ExitCode.Done && outcome.Error.Contains("processor", StringComparison.Ordinal))
            Assert.Skip($"This processor has no vectors of width {value}.");
        outcome.Gives(ExitCode.Done);
        Assert.Equal(Baseline.Of().StateHash, new RunFiles(_shell["lesser"]).StateHash);
    }
}

using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests.Commands;

/// <summary>The same run as on lesser processors: the runtime can be told to leave instructions alone.</summary>
public sealed class VectorWidthTests : IDisposable
{
    // Three steps and an evaluation: without instructions for fused multiply-adds each of them is a call.
    private static readonly string[] Short =
    [
        .. TinySpec.Everything, "--set", "epochs=1", "--set", "data={ name: glyphs, train: 120, validation: 20, test: 20 }",
    ];

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
            _shell["."], [(variable, value)], ["train", "tiny.yaml", "--out", "lesser", "--json", .. Short]);
        var outcome = process.Exit();

        if (outcome.Code != ExitCode.Done && outcome.Error.Contains("processor", StringComparison.Ordinal))
            Assert.Skip($"This processor has no vectors of width {value}.");
        outcome.Gives(ExitCode.Done);
        Assert.Equal(Baseline.Of(Short).StateHash, new RunFiles(_shell["lesser"]).StateHash);
    }
}

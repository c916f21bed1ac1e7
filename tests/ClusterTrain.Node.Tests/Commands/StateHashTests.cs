namespace ClusterTrain.Node.Tests.Commands;

/// <summary>One spec, one hash: the promise that everything else stands on.</summary>
public sealed class StateHashTests : IDisposable
{
    private readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Theory]
    [MemberData(nameof(TinySpec.Variants), MemberType = typeof(TinySpec))]
    public void StateHash_AnyNumberOfWorkers_IsTheSame(string[] variant)
    {
        var one = _shell.Train("workers-1", ["--workers", "1", .. variant]);
        foreach (var workers in (string[])["2", "3", "7"])
        {
            var many = _shell.Train($"workers-{workers}", ["--workers", workers, .. variant]);
            Assert.Equal(one.StateHash, many.StateHash);
            Assert.Equal(one.Ledger, many.Ledger);
            Assert.Equal(one.Curve(), many.Curve());
        }
    }

    [Fact]
    public void StateHash_TwiceInARow_IsTheSame() => Assert.Equal(_shell.Train("a").StateHash, _shell.Train("b").StateHash);

    [Fact]
    public void StateHash_AnotherSeed_IsAnother() =>
        Assert.NotEqual(_shell.Train("a").StateHash, _shell.Train("b", "--set", "seed=2").StateHash);

    [Fact]
    public void StateHash_OverrideOrSameKeyInTheFile_IsTheSame()
    {
        var overridden = _shell.Train("a", "--set", "optimizer.learningRate=0.02", "--set", "network.layers[2].rate=0.3");
        _shell.Write("tiny.yaml", TinySpec.With("rate: 0.2", "rate: 0.3").Replace("learningRate: 0.01", "learningRate: 0.02", StringComparison.Ordinal));
        var written = _shell.Train("b");

        Assert.Equal(written.StateHash, overridden.StateHash);
        Assert.Equal(File.ReadAllText(written["spec.yaml"]), File.ReadAllText(overridden["spec.yaml"]));
    }

    [Fact]
    public void StateHash_RunAgainFromItsOwnSpecFile_IsTheSame()
    {
        var run = _shell.Train("a", "--set", "seed=5");
        File.Copy(run["spec.yaml"], _shell["tiny.yaml"], overwrite: true);

        Assert.Equal(run.StateHash, _shell.Train("b").StateHash);
    }
}

using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests.Clusters;

/// <summary>One spec, one hash, whatever carries it out.</summary>
[Collection(ClusterTests.Name)]
public sealed class EngineHashTests : IDisposable
{
    private readonly Shell _shell = new();

    public EngineHashTests() => _shell.Write("tiny.yaml", TinySpec.Text);

    /// <summary>
    /// Everything at once, fused and pipelined. The contract of engines, over the same messages and tensors, has each technique alone
    /// and more numbers of workers.
    /// </summary>
    public static TheoryData<string, int, string[]> Cases => new()
    {
        { Engine.Processes, 3, TinySpec.Everything },
        { Engine.Akka, 2, TinySpec.Everything },
        { Engine.Processes, 1, TinySpec.EverythingAhead },
        { Engine.Akka, 3, TinySpec.EverythingAhead },
    };

    public void Dispose() => _shell.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void StateHash_AnyNumberOfProcesses_IsThatOfLocal(string engine, int workers, string[] set)
    {
        var run = _shell.Train("run", ["--engine", engine, "--workers", $"{workers}", .. set]);

        AssertSame(Baseline.Of(set), run);
        Assert.Equal(engine, run.Summary().GetProperty("engine").GetString());
        Assert.True(run.Summary().GetProperty("bytesSent").GetInt64() > 0);
        Assert.True(run.Summary().GetProperty("bytesReceived").GetInt64() > 0);
        Assert.False(File.Exists(run["processes.json"]), "it is there only while the run lives");
        Assert.False(File.Exists(run["cluster.conf"]), "it is there only while the run lives");
    }

    [Theory]
    [MemberData(nameof(Engine.Both), MemberType = typeof(Engine))]
    public void StateHash_Quickstart_IsThatOfLocal(string engine)
    {
        string[] args =
        [
            "train", "--set", "epochs=1", "--set", "data.train=2000", "--set", "adversarial.warmupEpochs=0",
            "--set", "evaluation.testAttackRows=100", "--set", "evaluation.validationAttackRows=100",
        ];
        _shell.Run([.. args, "--out", "local"]).Gives(ExitCode.Done);

        _shell.Run([.. args, "--engine", engine, "--workers", "2", "--out", engine]).Gives(ExitCode.Done);

        AssertSame(_shell.RunAt("local"), _shell.RunAt(engine));
    }

    [Theory]
    [MemberData(nameof(Engine.Both), MemberType = typeof(Engine))]
    public void Resume_LocalThenEngineThenLocal_GoesOnToTheSameBits(string engine)
    {
        string[] set = ["--set", "epochs=3"];
        _shell.RunUntil("epoch     1/3", ["train", "tiny.yaml", "--out", "moved", .. set]).Gives(ExitCode.Interrupted);
        _shell.RunUntil("epoch     2/3", "train", "--resume", "--out", "moved", "--engine", engine, "--workers", "2").Gives(ExitCode.Interrupted);

        _shell.Run("train", "--resume", "--out", "moved").Gives(ExitCode.Done);

        AssertSame(Baseline.Of(set), _shell.RunAt("moved"));
    }

    private static void AssertSame(RunFiles expected, RunFiles run)
    {
        Assert.Equal(expected.StateHash, run.StateHash);
        Assert.Equal(expected.Ledger, run.Ledger);
        Assert.Equal(expected.Curve(), run.Curve());
    }
}

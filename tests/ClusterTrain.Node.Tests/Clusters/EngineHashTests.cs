using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests.Clusters;

/// <summary>One spec, one hash, whatever carries it out.</summary>
[Collection(ClusterTests.Name)]
public sealed class EngineHashTests : IDisposable
{
    private const string Everything = "everything";

    private readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Theory]
    [InlineData(Engine.Processes, "fused", "1", "2", "3", "5")]
    [InlineData(Engine.Processes, "pipelined", "1", "2", "3", "5")]
    [InlineData(Engine.Akka, "fused", "1", "2", "5")]
    [InlineData(Engine.Akka, "pipelined", "3")]
    [InlineData(Engine.Processes, Everything, "1", "3")]
    [InlineData(Engine.Akka, Everything, "2")]
    public void StateHash_AnyNumberOfProcesses_IsThatOfLocal(string engine, string technique, params string[] workerCounts)
    {
        string[] set = technique == Everything ? TinySpec.Everything : ["--set", $"adversarial.generation={technique}"];
        var local = _shell.Train("local", set);

        foreach (var workers in workerCounts)
        {
            var run = _shell.Train($"{engine}-{workers}", ["--engine", engine, "--workers", workers, .. set]);
            AssertSame(local, run);
            Assert.Equal(engine, run.Summary().GetProperty("engine").GetString());
            Assert.True(run.Summary().GetProperty("bytesSent").GetInt64() > 0);
            Assert.True(run.Summary().GetProperty("bytesReceived").GetInt64() > 0);
            Assert.False(File.Exists(run["processes.json"]), "it is there only while the run lives");
            Assert.False(File.Exists(run["cluster.conf"]), "it is there only while the run lives");
        }
    }

    [Theory]
    [MemberData(nameof(Engine.Both), MemberType = typeof(Engine))]
    public void StateHash_Quickstart_IsThatOfLocal(string engine)
    {
        string[] args = ["train", "--set", "epochs=1", "--set", "adversarial.warmupEpochs=0", "--set", "evaluation.testAttackRows=100"];
        _shell.Run([.. args, "--out", "local"]).Gives(ExitCode.Done);

        _shell.Run([.. args, "--engine", engine, "--workers", "2", "--out", engine]).Gives(ExitCode.Done);

        AssertSame(_shell.RunAt("local"), _shell.RunAt(engine));
    }

    [Fact]
    public void StateHash_FashionMnistUnderAttack_IsThatOfLocal()
    {
        Assert.SkipWhen(SharedData.Folder is null, "no folder shared/data beside the checkout");
        string[] args =
        [
            "train", Path.Combine(Repository.Root, "cluster-config/runs/fashion-mnist-pgd.yaml"), "--data", SharedData.Folder!,
            "--set", "epochs=1", "--set", "data.train=10000", "--set", "adversarial.warmupEpochs=0", "--set", "evaluation.testAttackRows=100",
        ];
        _shell.Run([.. args, "--out", "local"]).Gives(ExitCode.Done);

        foreach (var engine in (string[])[Engine.Processes, Engine.Akka])
        {
            _shell.Run([.. args, "--engine", engine, "--workers", "3", "--out", engine]).Gives(ExitCode.Done);
            AssertSame(_shell.RunAt("local"), _shell.RunAt(engine));
        }
    }

    [Theory]
    [MemberData(nameof(Engine.Both), MemberType = typeof(Engine))]
    public void Resume_OnAnotherEngine_GoesOnToTheSameBits(string engine)
    {
        var local = _shell.Train("local");
        _shell.RunUntil("epoch     1/2", "train", "tiny.yaml", "--out", "moved").Gives(ExitCode.Interrupted);

        _shell.Run("train", "--resume", "--out", "moved", "--engine", engine, "--workers", "2").Gives(ExitCode.Done);

        AssertSame(local, _shell.RunAt("moved"));
    }

    [Theory]
    [MemberData(nameof(Engine.Both), MemberType = typeof(Engine))]
    public void Interrupted_OnAnEngineOfProcesses_IsSavedAndGoesOnLocally(string engine)
    {
        var local = _shell.Train("local");
        _shell.RunUntil("epoch     1/2", "train", "tiny.yaml", "--out", "moved", "--engine", engine, "--workers", "2").Gives(ExitCode.Interrupted);

        _shell.Run("train", "--resume", "--out", "moved").Gives(ExitCode.Done);

        AssertSame(local, _shell.RunAt("moved"));
    }

    private static void AssertSame(RunFiles expected, RunFiles run)
    {
        Assert.Equal(expected.StateHash, run.StateHash);
        Assert.Equal(expected.Ledger, run.Ledger);
        Assert.Equal(expected.Curve(), run.Curve());
    }
}

using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests.Clusters;

/// <summary>A worker process whose hardware is faulty is found, named, and changes no bit.</summary>
[Collection(ClusterTests.Name)]
public sealed class FaultyWorkerTests : IDisposable
{
    // Some seconds long, and the healthy worker is slow: else the run is over before the faulty one comes.
    private static readonly string[] Long = ["--set", "epochs=40", "--set", "evaluation.everyEpochs=40", "--set", "checkpoints.everySteps=100"];
    private readonly Shell _shell = new();

    public FaultyWorkerTests() => _shell.Write("tiny.yaml", TinySpec.Text);

    public void Dispose() => _shell.Dispose();

    [Theory]
    [InlineData(Engine.Processes, "nan", "0.002", "fused", "gradient of")]
    [InlineData(Engine.Processes, "scaled", "1", "fused", "gradient of")]
    [InlineData(Engine.Processes, "rows", "1", "pipelined", "attack for")]
    [InlineData(Engine.Akka, "bit", "1", "fused", "gradient of")]
    public void Train_OneWorkerComputesWrongly_IsShutOutAndTheHashIsThatOfTheHealthyRun(
        string engine, string fault, string audit, string generation, string what)
    {
        string[] set = [.. Long, "--set", $"adversarial.generation={generation}"];
        using var program = new ProgramProcess(
            _shell.Folder, [("CLUSTERTRAIN_FAULTY_WORKER", $"worker-2={fault}"), ("CLUSTERTRAIN_SLOW_WORKER", "worker-1=5")],
            ["train", "tiny.yaml", "--out", "run", "--engine", engine, "--workers", "2", "--set", $"audit={audit}", .. set]);

        var outcome = program.Exit().Gives(ExitCode.Done);

        var run = _shell.RunAt("run");
        Assert.Contains($"worker-2 computed the {what} step", outcome.Error, StringComparison.Ordinal);
        Assert.Equal("worker-2", Assert.Single(run.Summary().GetProperty("convicted").EnumerateArray()).GetProperty("worker").GetString());
        Assert.Equal(Baseline.Of(set).StateHash, run.StateHash);
        Assert.Equal(Baseline.Of(set).Ledger, run.Ledger);
    }
}

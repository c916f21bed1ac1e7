using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Tests.Kubernetes;

namespace ClusterTrain.Node.Tests.Clusters;

/// <summary>What docs/kubernetes.md walks through, with the manifests' own words, environment and files, on hosts of this machine.</summary>
[Collection(ClusterTests.OfNetworks)]
public sealed class KubernetesWalkTests : IDisposable
{
    private const string Servers = "StatefulSet/clustertrain-server";
    private const string Trainers = "Deployment/clustertrain-trainer";
    private const string Adversaries = "Deployment/clustertrain-adversary";
    private static readonly string[] Long = ["--set", "epochs=100", "--set", "evaluation.everyEpochs=50", "--set", "checkpoints.everySteps=20"];
    private readonly Shell _shell = new();
    private readonly SeparateHosts _hosts;
    private Pods? _pods;

    public KubernetesWalkTests()
    {
        _hosts = new SeparateHosts();
        _shell.Write("tiny.yaml", TinySpec.Text);
    }

    public void Dispose()
    {
        _pods?.Dispose();
        _hosts?.Dispose();
        _shell.Dispose();
    }

    // Two servers, as the overlay "production" has them; of them first the stand-by is updated, as a StatefulSet does it.
    [Fact]
    public void Local_FirstRunWithFewerTrainersAndNewServersAmidIt_BringsItsResults()
    {
        _hosts.Join();
        var pods = _pods = new Pods(_shell, _hosts, "local");
        string[] servers = ["clustertrain-server-0", "clustertrain-server-1"];
        foreach (var server in servers) pods.Start(Servers, server);
        pods.Start(Trainers, "clustertrain-trainer-a");
        pods.Start(Trainers, "clustertrain-trainer-b");
        var watched = pods.Start(Adversaries, "clustertrain-adversary-a");
        watched.WaitUntil(() => servers.All(server => Ready(Servers, server)) && Ready(Trainers, "clustertrain-trainer-a")
            && Ready(Trainers, "clustertrain-trainer-b") && Ready(Adversaries, "clustertrain-adversary-a"));

        pods.Command(servers[0], ["submit", "tiny.yaml", .. Long]).Gives(ExitCode.Done);
        watched.WaitUntil(() => servers.Any(server => StepsOf(server) >= 50));
        pods.Delete("clustertrain-trainer-b").Gives(ExitCode.Done);
        foreach (var server in servers.Reverse())
        {
            pods.Delete(server).Gives(ExitCode.Done);
            pods.Start(Servers, server);
            watched.WaitUntil(() => Ready(Servers, server));
        }

        watched.WaitUntil(() => pods.Command(servers[1], "status", "tiny").Out.Contains("completed", StringComparison.Ordinal));
        pods.Command(servers[1], "results", "tiny", "--out", "brought").Gives(ExitCode.Done);
        var (whole, brought) = (Baseline.Of(Long), _shell.RunAt("brought"));
        Assert.Equal(whole.StateHash, brought.StateHash);
        Assert.Equal(whole.Ledger, brought.Ledger);
        Assert.All(servers, server => Assert.Equal(200, pods.Probe(Servers, server, "livenessProbe")));
    }

    [Fact]
    public void Job_PodEvictedAmidItsWork_TheNextOneGoesOnAndKeepsTheResults()
    {
        const string Job = "Job/clustertrain-job";
        var pods = _pods = new Pods(_shell, _hosts, "job");
        pods.Files["spec.yaml"] = TinySpec.Text.Replace("epochs: 2", "epochs: 100", StringComparison.Ordinal);
        var run = new RunFiles(Path.Combine(pods.Volume("job", "runs"), "job"));
        var first = pods.Start(Job, "job");
        first.WaitUntil(() => File.Exists(run["ledger.jsonl"]) && File.ReadLines(run["ledger.jsonl"]).Count() >= 50);
        pods.Delete("job").Gives(ExitCode.Interrupted);

        var second = pods.Start(Job, "job").Exit().Gives(ExitCode.Done);

        Assert.Contains(Baseline.Of("--set", "epochs=100").StateHash, second.Out, StringComparison.Ordinal);
        Assert.Equal(Baseline.Of("--set", "epochs=100").Ledger, run.Ledger);
        Assert.Equal("completed", run.Status);
    }

    private bool Ready(string workload, string pod) => _pods!.Probe(workload, pod, "readinessProbe") == 200;

    private long StepsOf(string server) =>
        Path.Combine(_pods!.Volume(server, "runs"), "tiny", "ledger.jsonl") is var ledger && File.Exists(ledger) ? File.ReadLines(ledger).LongCount() : 0;
}

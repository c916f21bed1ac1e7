using ClusterTrain.Cluster.Plane;
using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Cluster.Serving;
using ClusterTrain.Cluster.Working;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Actors.Tests.Roles;

/// <summary>What every engine promises, kept by actors on real nodes with real links between them.</summary>
public sealed class WorkersOverActorsTests(SharedCluster cluster) : EngineContract, IClassFixture<SharedCluster>
{
    private static int _lastRun;

    protected override IReadOnlyList<int> WorkerCounts(string name) => FewerCounts(name, 1, 2, 3, 5);

    protected override RunOutcome Run(
        RunContext context, RunState start, int workers, IRunObserver observer, CancellationToken stop)
    {
        var number = Interlocked.Increment(ref _lastRun);
        using var connections = new PlaneConnections(TestNodes.Known);
        using var end = new CancellationTokenSource();
        using var conductor = new RunConductor(
            new RunKey($"run-{number}", 1), cluster.Plane, context, start, new LeasePolicy(),
            send => cluster.Duty.Send(send.Worker, send.Message), _ => { }, TimeProvider.System);
        cluster.Served.Set(conductor, "the spec");
        var failures = new List<Exception>();
        var threads = Enumerable.Range(0, workers).Select(index => new Thread(() =>
        {
            var name = $"run-{number}-worker-{index}";
            using var link = cluster.Nodes[index % cluster.Nodes.Count].Link(name);
            using var shell = new WorkerShell(
                new WorkerSettings
                {
                    Name = name,
                    Connect = address => new WorkerPlane(new Uri(address), connections, TimeProvider.System),
                    Load = (_, _) => (TinyRuns.Context(context.Spec), null),
                },
                link);
            try
            {
                if (shell.Run(end.Token) is { } refusal) throw new InvalidOperationException(refusal);
            }
            catch (Exception failure)
            {
                lock (failures) failures.Add(failure);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        try
        {
            return conductor.Carry(observer, stop, () => failures.FirstOrDefault());
        }
        finally
        {
            end.Cancel();
            threads.ForEach(thread => thread.Join());
            cluster.Served.Clear();
        }
    }
}

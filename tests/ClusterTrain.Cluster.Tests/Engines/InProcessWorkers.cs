using ClusterTrain.Cluster.Control;
using ClusterTrain.Cluster.Plane;
using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Cluster.Serving;
using ClusterTrain.Cluster.Tests.Plane;
using ClusterTrain.Cluster.Working;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Cluster.Tests.Engines;

/// <summary>
/// A server and its workers in one process, with all between them that lies between processes: the control channel and the
/// plane, over loopback. Each worker has a run of its own, made from the spec's name.
/// </summary>
internal sealed class InProcessWorkers(RunContext context, LeasePolicy? leases = null)
{
    private static readonly RunKey Key = new("run", 1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private long _passedOn;

    /// <summary>What the workers' roles are, by their number; default both.</summary>
    public Func<int, WorkerRoles> Roles { get; init; } = _ => WorkerRoles.Trainer | WorkerRoles.Adversary;

    /// <summary>Whether they pass parameters on to each other; default where it pays, which is never.</summary>
    public RelayPolicy Relays { get; init; } = new();

    /// <summary>What stands at a worker's port for what it passes on, by its number; default that.</summary>
    public Func<int, HeldParameters, ITensorStore> Port { get; init; } = (_, held) => held;

    /// <summary>Bytes that workers got from each other.</summary>
    public long BytesPassedOn => _passedOn;

    public (RunOutcome Outcome, long Sent, long Received) Run(RunState start, int workers, IRunObserver observer, CancellationToken stop)
    {
        var (served, boxes) = (new ServedRun(), new Mailboxes(TimeProvider.System));
        using var host = PlaneHost.Start(TestPlane.Options, served, routes =>
        {
            served.Map(routes);
            ControlRoutes.Map(routes, boxes, message => served.Post(new DeskInput.Received(message)));
        });
        using var conductor = new RunConductor(
            Key, host.Address, context, start, leases ?? new LeasePolicy(), send => boxes.Post(send.Worker, send.Message), _ => { }, TimeProvider.System, Relays);
        served.Set(conductor, "the spec");
        using var end = new CancellationTokenSource();
        var failures = new List<Exception>();
        var threads = Enumerable.Range(1, workers).Select(number => new Thread(() => Work(number, host.Address, end, failures))).ToList();
        threads.ForEach(thread => thread.Start());
        try
        {
            var outcome = conductor.Carry(observer, stop, () => failures.FirstOrDefault());
            return (outcome, conductor.BytesSent, conductor.BytesReceived);
        }
        finally
        {
            end.Cancel();
            threads.ForEach(thread => thread.Join());
            served.Clear();
        }
    }

    private void Work(int number, string plane, CancellationTokenSource end, List<Exception> failures)
    {
        try
        {
            var name = $"worker-{number}";
            using var connections = new PlaneConnections(TestPlane.Known);
            using var link = new HttpServerLink(new Uri(plane), connections, name, Patience, end.Cancel, TimeProvider.System);
            var held = new HeldParameters();
            using var port = Relays.Use == RelayUse.Always ? PlaneHost.Start(TestPlane.Options, Port(number, held), _ => { }) : null;
            using var shell = new WorkerShell(
                new WorkerSettings
                {
                    Name = name,
                    Address = port?.Address ?? "",
                    Relay = port is null ? null : held,
                    Roles = Roles(number),
                    Connect = address => new WorkerPlane(new Uri(address), connections, TimeProvider.System),
                    Load = (_, _) => (TinyRuns.Context(context.Spec), null),
                },
                link);
            if (shell.Run(end.Token) is { } refusal) throw new InvalidOperationException(refusal);
            Interlocked.Add(ref _passedOn, held.BytesSent);
        }
        catch (Exception failure)
        {
            lock (failures) failures.Add(failure);
        }
    }
}

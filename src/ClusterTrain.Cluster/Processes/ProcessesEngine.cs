using System.Collections.Concurrent;
using System.Net;
using ClusterTrain.Cluster.Control;
using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Cluster.Plane;
using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Cluster.Serving;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Cluster.Processes;

/// <summary>
/// Workers as processes of this machine: this one is the server, and they reach it over its plane's loopback port. A dead
/// worker harms nobody and is started again. No cluster: no other machines, no stand-by.
/// </summary>
public sealed class ProcessesEngine(EngineOptions options, TimeProvider time) : IEngine
{
    // Half as long again as usual, 100 ms at least.
    private static readonly LeasePolicy Leases = new() { Shortest = TimeSpan.FromMilliseconds(100), Patience = 1.5 };

    // One waits for news and one brings or gets; the others are of a life before that is not noticed to be over.
    private const int ConnectionsAWorker = 8;

    // Workers that somebody else starts, for trials.
    private const int Guests = 8;

    public static EngineEntry Entry { get; } = new("processes", "processes of this machine", (options, time) => new ProcessesEngine(options, time))
    {
        SmallRuns = SmallRuns.ProcessEach,
    };

    public string Name => Entry.Name;

    public RunOutcome Run(EngineRun run, IRunObserver observer, CancellationToken stop)
    {
        var (served, boxes) = (new ServedRun(), new Mailboxes(time, options.Workers + Guests));
        var secret = ClusterSecret.Make();
        var plane = new PlaneOptions
        {
            Endpoint = new IPEndPoint(IPAddress.Loopback, 0), Secret = secret, MostConnections = ConnectionsAWorker * (options.Workers + Guests),
        };
        using var host = PlaneHost.Start(plane, served, routes =>
        {
            served.Map(routes);
            ControlRoutes.Map(routes, boxes, message => served.Post(new DeskInput.Received(message)));
        });
        var shutOut = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        void Hear(DeskEffect effect)
        {
            if (effect is DeskEffect.WorkerSitsOut { IsForGood: true } wrong) shutOut[wrong.Worker] = true;
            Note(effect);
        }

        using var conductor = new RunConductor(
            new RunKey(run.Name, run.Incarnation), host.Address, run.Context, run.Start, options.Leases ?? Leases, send => boxes.Post(send.Worker, send.Message), Hear, time, options.Relays, run.ShutOut);
        served.Set(conductor, run.SpecText);
        RunOutcome outcome;
        var worker = options.ProgramWith(["worker", .. MayRelay ? (string[])["--relay"] : [], .. options.Data is { } data ? (string[])["--data", data] : []]);
        var processes = new FleetOptions
        {
            Workers = options.Workers,
            Command = name => worker.With("--server", host.Address, "--name", name) with
            {
                Environment = new Dictionary<string, string> { [ClusterSecret.Variable] = secret.Text },
            },
            Server = host.Address,
            Steps = () => conductor.Steps,
            IsShutOut = name => shutOut.ContainsKey(name),
            ProcessesPath = ProcessesFile.In(run),
            Say = options.Say,
        };
        using (var fleet = new WorkerFleet(processes, served.Post, time))
            outcome = conductor.Carry(observer, stop, () => fleet.Failure);
        served.Clear();
        return outcome with { Workers = options.Workers, BytesSent = conductor.BytesSent, BytesReceived = conductor.BytesReceived };
    }

    // A port of its own costs a worker memory and a moment at its start.
    private bool MayRelay => options.Relays.Use != RelayUse.Never && options.Workers > options.Relays.FanOut;

    private void Note(DeskEffect effect)
    {
        if (effect is DeskEffect.WorkerRefused refused) options.Say($"{refused.Worker} is refused: {refused.Why}");
        if (effect is DeskEffect.WorkerSitsOut sitsOut) options.Say($"{sitsOut.Worker} is refused: {sitsOut.Why}");
    }
}

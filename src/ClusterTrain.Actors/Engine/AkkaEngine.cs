using System.Net;
using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Cluster.Plane;
using ClusterTrain.Cluster.Processes;
using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Cluster.Serving;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClusterTrain.Actors.Engine;

/// <summary>
/// One run on a cluster of this machine's own: this process is its server, the workers are nodes in processes. The same
/// nodes as on many machines, to try out what these will do; further ones may join by the file in the run's folder.
/// </summary>
public sealed class AkkaEngine(EngineOptions options, TimeProvider time) : IEngine
{
    /// <summary>When work is given to a second worker, on nodes of one machine and of many.</summary>
    public static LeasePolicy Leases { get; } = new() { Shortest = TimeSpan.FromMilliseconds(200), Patience = 1.5 };

    public static EngineEntry Entry { get; } = new(
        "akka", "a cluster's nodes, here on this machine", (options, time) => new AkkaEngine(options, time));

    public string Name => Entry.Name;

    public RunOutcome Run(EngineRun run, IRunObserver observer, CancellationToken stop)
    {
        var (processesPath, configPath) = (ProcessesFile.In(run), Path.Combine(run.Folder!, "cluster.conf"));
        var served = new ServedRun();
        var secret = ClusterSecret.Make();
        using var host = PlaneHost.Start(new PlaneOptions { Endpoint = new IPEndPoint(IPAddress.Loopback, 0), Secret = secret }, served, served.Map);
        var duty = new SoleDuty(served);
        using var conductor = new RunConductor(
            new RunKey(run.Name, run.Incarnation), host.Address, run.Context, run.Start, options.Leases ?? Leases,
            send => duty.Send(send.Worker, send.Message), Note, time, options.Relays, run.ShutOut);
        served.Set(conductor, run.SpecText);
        var settings = new NodeSettings { Roles = [NodeSettings.Server], RemotingPort = 0, PlanePort = 0, Seeds = [], Secret = secret };
        LocalClusterFile.Write(configPath, null, options.Data, secret);
        var node = AkkaNode.Start(settings, configPath, host.Address, duty, NullLogger.Instance);
        try
        {
            LocalClusterFile.Write(configPath, node.Address, options.Data, secret);
            var processes = new FleetOptions
            {
                Workers = options.Workers,
                Command = name => options.ProgramWith("node", "--child", "--config", configPath) with
                {
                    Environment = new Dictionary<string, string> { ["CLUSTERTRAIN_NAME"] = name, [ClusterSecret.Variable] = secret.Text },
                },
                Server = host.Address,
                ProcessesPath = processesPath,
                Steps = () => conductor.Steps,
                Say = options.Say,
            };
            using var fleet = new WorkerFleet(processes, dead => Lose(dead, served, node), time);
            var outcome = Carry(conductor, observer, fleet, node, stop);
            return outcome with { Workers = options.Workers, BytesSent = conductor.BytesSent, BytesReceived = conductor.BytesReceived };
        }
        finally
        {
            served.Clear();
            node.Quit().GetAwaiter().GetResult();
            File.Delete(configPath);
        }
    }

    // The cluster ends with this node: its members hear it before it goes, and whoever came later than the fleet with them.
    private static RunOutcome Carry(
        RunConductor conductor, IRunObserver observer, WorkerFleet fleet, AkkaNode node, CancellationToken stop)
    {
        try
        {
            return conductor.Carry(observer, stop, () => fleet.Failure ?? Lost(node));
        }
        finally
        {
            fleet.LetGo();
            node.Dismiss().GetAwaiter().GetResult();
        }
    }

    private static void Lose(DeskInput input, ServedRun served, AkkaNode node)
    {
        served.Post(input);
        if (input is DeskInput.Lost dead) node.PutOut(dead.Worker);
    }

    private static WorkerFailedException? Lost(AkkaNode node) =>
        node.Ended.IsCompleted ? new WorkerFailedException($"the server's node {node.Ended.Result.Reason}") : null;

    private void Note(DeskEffect effect)
    {
        if (effect is DeskEffect.WorkerRefused refused) options.Say($"{refused.Worker} is refused: {refused.Why}");
        if (effect is DeskEffect.WorkerSitsOut sitsOut) options.Say($"{sitsOut.Worker} is refused: {sitsOut.Why}");
    }
}

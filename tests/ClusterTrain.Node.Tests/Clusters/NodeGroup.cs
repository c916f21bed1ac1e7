using System.Net;
using System.Net.Sockets;
using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests.Clusters;

/// <summary>Nodes of one cluster on this machine, each a process; where there are hosts, each on one of its own.</summary>
internal sealed class NodeGroup(Shell shell, SeparateHosts? hosts = null) : IDisposable
{
    // Takes over within seconds: where the machine is not too busy for it, that is long enough to tell a death from a pause.
    private const string Quick = """
        akka.cluster {
          failure-detector.acceptable-heartbeat-pause = 2s
          split-brain-resolver.stable-after = 1s
          down-removal-margin = 200ms
        }
        """;

    private readonly List<ProgramProcess> _nodes = [];
    private readonly Dictionary<ProgramProcess, string> _planes = [];
    private string? _seed;
    private string? _server;

    /// <summary>Folder of runs of a node by its number, from 0; default the same for all.</summary>
    public Func<int, string> Runs { get; init; } = _ => "runs";

    /// <summary>Whether a death is found sooner than with the settings that ship; default false.</summary>
    public bool IsQuick { get; init; }

    /// <summary>
    /// Starts nodes, one for each list of roles, side by side, and waits until all are in the cluster. The very first must be a server;
    /// it is there before the others, so that it is the oldest.
    /// </summary>
    public IReadOnlyList<ProgramProcess> Start(params IReadOnlyList<string> roles)
    {
        var first = _seed is null ? 1 : 0;
        List<(ProgramProcess Node, string Said)> started = [.. roles.Take(first).Select(Launch)];
        started.ForEach(WaitUntilUp);
        List<(ProgramProcess Node, string Said)> others = [.. roles.Skip(first).Select(Launch)];
        others.ForEach(WaitUntilUp);
        return [.. started.Concat(others).Select(start => start.Node)];

        static void WaitUntilUp((ProgramProcess Node, string Said) start) => start.Node.WaitUntilSaid(start.Said);
    }

    private (ProgramProcess Node, string Said) Launch(string roles)
    {
        var host = hosts?.Add();
        var address = host is { } number ? hosts!.AddressOf(number) : "127.0.0.1";
        var (remoting, plane) = host is null ? (FreePort(), FreePort()) : (4053, 4080);
        _seed ??= $"{address}:{remoting}";
        _server ??= $"http://{address}:{plane}/";
        var node = new ProgramProcess(
            shell.Folder,
            [
                ("CLUSTERTRAIN_ROLES", roles), ("CLUSTERTRAIN_SEEDS", _seed), ("CLUSTERTRAIN_RUNS", Runs(_nodes.Count)), ("CLUSTERTRAIN_WORKERS", "1"),
                ("CLUSTERTRAIN_HOST", address), ("CLUSTERTRAIN_REMOTING_PORT", $"{remoting}"), ("CLUSTERTRAIN_PLANE_PORT", $"{plane}"),
                ("CLUSTERTRAIN_ALLOW_PLAINTEXT", host is null ? "false" : "true"),
            ],
            host is null ? [] : hosts!.On(host.Value), IsQuick ? ["node", "--config", shell.Write("quick.conf", Quick)] : ["node"]);
        _nodes.Add(node);
        _planes[node] = $"http://{address}:{plane}/";
        return (node, $"{address}:{remoting} ({string.Join(", ", roles.Split(',').Order(StringComparer.Ordinal))}) is in the cluster");
    }

    /// <summary>Gives the cluster a run; its files once they are there.</summary>
    public RunFiles Submit(ProgramProcess server, string spec, params string[] args)
    {
        server.WaitUntilSaid("This node is the active server");
        Command(["submit", spec, .. args]).Gives(ExitCode.Done);
        return shell.RunAt(Path.Combine(Runs(0), "tiny"));
    }

    /// <summary>A user's command to the first node.</summary>
    public Outcome Command(params string[] args)
    {
        if (hosts is null) return shell.Run([.. args, "--server", _server!]);
        using var program = new ProgramProcess(shell.Folder, [], hosts.On(1), [.. args, "--server", _server!]);
        return program.Exit();
    }

    /// <summary>A user's command to some node.</summary>
    public Outcome CommandTo(ProgramProcess node, params string[] args) => shell.Run([.. args, "--server", _planes[node]]);

    public long StepsOf(RunFiles run) => File.Exists(run["ledger.jsonl"]) ? File.ReadLines(run["ledger.jsonl"]).LongCount() : 0;

    /// <summary>Tells all to leave; each must do so in order.</summary>
    public void StopAll(ProgramProcess except)
    {
        var left = _nodes.Where(node => node != except).ToList();
        left.ForEach(node => node.Signal("TERM"));
        left.ForEach(node => node.Exit().Gives(ExitCode.Done));
    }

    public void Dispose() => _nodes.ForEach(node => node.Dispose());

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Cluster.Plane;
using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests.Clusters;

/// <summary>Nodes of one cluster on this machine, each a process; where there are hosts, each on one of its own.</summary>
internal sealed class NodeGroup(Shell shell, SeparateHosts? hosts = null) : IDisposable
{
    // Takes over and heals within seconds: where the machine is not too busy for it, that is long enough to tell a death from a
    // pause.
    private const string Quick = """
        akka.remote { retry-gate-closed-for = 500ms, dot-netty.tcp.connection-timeout = 1s }
        akka.cluster {
          failure-detector.acceptable-heartbeat-pause = 2s
          split-brain-resolver.stable-after = 1s
          down-removal-margin = 200ms
          healing { look = 500ms, without-server = 3s, found-after = 1s }
        }
        """;

    private static readonly ClusterSecret Secret = ClusterSecret.Make();
    private static readonly PlaneConnections Connections = new(new Credentials(Secret: Secret));
    private static readonly HttpClient Http = MakeClient();
    private static int _ports;
    private readonly List<ProgramProcess> _nodes = [];
    private readonly Dictionary<ProgramProcess, Place> _places = [];
    private List<Place>? _seeds;

    /// <summary>Folder of runs of a node by its number, from 0; default the same for all.</summary>
    public Func<int, string> Runs { get; init; } = _ => "runs";

    /// <summary>Folder of data sets of a node by its number, from 0; default what the program takes by itself.</summary>
    public Func<int, string?> Data { get; init; } = _ => null;

    /// <summary>More of every node's file; default nothing.</summary>
    public string More { get; init; } = "";

    /// <summary>Whether a death is found sooner than with the settings that ship; default false.</summary>
    public bool IsQuick { get; init; }

    /// <summary>How many of the first nodes are seeds; default 1.</summary>
    public int Seeds { get; init; } = 1;

    /// <summary>
    /// Starts nodes, one for each list of roles, side by side, and waits until all are in the cluster. The very first must be a server;
    /// it is there before the others, so that it is the oldest.
    /// </summary>
    public IReadOnlyList<ProgramProcess> Start(params IReadOnlyList<string> roles)
    {
        var first = _nodes.Count == 0 ? 1 : 0;
        _seeds ??= [.. roles.Take(Seeds).Select((of, number) => PlaceFor(of, number))];
        var places = roles.Select((of, number) =>
            _nodes.Count == 0 && number < Seeds ? _seeds[number] : PlaceFor(of, _nodes.Count + number)).ToList();
        List<ProgramProcess> started = [.. places.Take(first).Select(Launch)];
        started.ForEach(WaitUntilUp);
        List<ProgramProcess> others = [.. places.Skip(first).Select(Launch)];
        others.ForEach(WaitUntilUp);
        return [.. started.Concat(others)];
    }

    /// <summary>Starts a node that has ended once more, at its old place; not waited for.</summary>
    public ProgramProcess Again(ProgramProcess node) => Launch(_places[node]);

    /// <summary>Starts a node where another one is, and waits for its end.</summary>
    public Outcome StartAtThePortOf(ProgramProcess node)
    {
        return Launch(_places[node] with { Plane = FreePort() }).Exit();
    }

    /// <summary>What the node's port says of its readiness: 200 or 503; 0 where there is no answer.</summary>
    public int Readiness(ProgramProcess node) => (int?)Ask(node, "health/ready")?.StatusCode ?? 0;

    /// <summary>Waits until these nodes are one cluster: all ready, all with the same members and the same active server.</summary>
    public void WaitUntilOne(params IReadOnlyList<ProgramProcess> nodes) => nodes[0].WaitUntil(() =>
    {
        if (nodes.Any(node => Readiness(node) != 200)) return false;
        var seen = nodes.Select(node =>
            Ask(node, "status") is { IsSuccessStatusCode: true } status ? RunFiles.Parse(ReadAll(status)) : default).ToList();
        return seen.TrueForAll(status => status.ValueKind == JsonValueKind.Object
                && status.GetProperty("nodes").EnumerateArray().Count(node => node.GetProperty("status").GetString() == "Up") == nodes.Count)
            && seen.DistinctBy(status => status.GetProperty("server").GetString()).Count() == 1;
    });

    /// <summary>Everything that the nodes have said, for good and for bad.</summary>
    public string Said => string.Join('\n', _nodes.Select(node => node.Out + node.Error));

    /// <summary>host:port by which other nodes know it.</summary>
    public string AddressOf(ProgramProcess node) => _places[node].Remote;

    /// <summary>Whether a node is the active server in the eyes of another one.</summary>
    public bool Serves(ProgramProcess node, ProgramProcess seenBy) =>
        Ask(seenBy, "status") is { } status && ReadAll(status).Contains($"\"server\": \"{_places[node].PlaneAddress}\"", StringComparison.Ordinal);

    /// <summary>Gives the cluster a run; its files once they are there.</summary>
    public RunFiles Submit(ProgramProcess server, string spec, params string[] args)
    {
        server.WaitUntilSaid("This node is the active server");

        // On a busy machine a cluster may be coming together still: then it says so, and nothing was taken.
        Outcome? said = null;
        server.WaitUntil(() => (said = Command(["submit", spec, .. args])).Code == ExitCode.Done
            || !said.Error.Contains("no active server yet", StringComparison.Ordinal));
        said!.Gives(ExitCode.Done);
        return shell.RunAt(Path.Combine(Runs(0), "tiny"));
    }

    /// <summary>A user's command to the first node.</summary>
    public Outcome Command(params string[] args)
    {
        shell.Variables[ClusterSecret.Variable] = Secret.Text;
        if (hosts is null) return shell.Run([.. args, "--server", _seeds![0].PlaneAddress]);
        using var program = new ProgramProcess(shell.Folder, [(ClusterSecret.Variable, Secret.Text)], hosts.On(1), [.. args, "--server", _seeds![0].PlaneAddress]);
        return program.Exit();
    }

    /// <summary>A user's command to some node.</summary>
    public Outcome CommandTo(ProgramProcess node, params string[] args)
    {
        shell.Variables[ClusterSecret.Variable] = Secret.Text;
        return shell.Run([.. args, "--server", _places[node].PlaneAddress]);
    }

    public long StepsOf(RunFiles run) => File.Exists(run["ledger.jsonl"]) ? File.ReadLines(run["ledger.jsonl"]).LongCount() : 0;

    /// <summary>Tells all to leave; each must do so in order.</summary>
    public void StopAll(ProgramProcess except)
    {
        var left = _nodes.Where(node => node != except).ToList();
        foreach (var node in left.Where(node => !node.HasExited)) node.Signal("TERM");
        left.ForEach(node => node.Exit().Gives(ExitCode.Done));
    }

    public void Dispose() => _nodes.ForEach(node => node.Dispose());

    private Place PlaceFor(string roles, int number)
    {
        var host = hosts?.Add();
        return host is { } own ? new Place(roles, hosts!.AddressOf(own), 4053, 4080, own, Runs(number), Data(number))
            : new Place(roles, "127.0.0.1", FreePort(), FreePort(), null, Runs(number), Data(number));
    }

    private ProgramProcess Launch(Place place)
    {
        var node = new ProgramProcess(
            shell.Folder,
            [
                ("CLUSTERTRAIN_ROLES", place.Roles), ("CLUSTERTRAIN_SEEDS", string.Join(',', _seeds!.Select(seed => seed.Remote))),
                ("CLUSTERTRAIN_RUNS", place.Runs), ("CLUSTERTRAIN_WORKERS", "1"), ("CLUSTERTRAIN_HOST", place.Address),
                ("CLUSTERTRAIN_REMOTING_PORT", $"{place.Remoting}"), ("CLUSTERTRAIN_PLANE_PORT", $"{place.Plane}"),
                .. place.Data is { } data ? [("CLUSTERTRAIN_DATA", data)] : Array.Empty<(string, string)>(),
                (ClusterSecret.Variable, Secret.Text), ("CLUSTERTRAIN_ALLOW_PLAINTEXT", place.Host is null ? "false" : "true"),
            ],
            place.Host is { } host ? hosts!.On(host) : [], IsQuick ? ["node", "--config", shell.Write("quick.conf", Quick + "\n" + More)] : ["node"]);
        _nodes.Add(node);
        _places[node] = place;
        return node;
    }

    private void WaitUntilUp(ProgramProcess node)
    {
        var roles = string.Join(", ", _places[node].Roles.Split(',').Order(StringComparer.Ordinal));
        node.WaitUntilSaid($"{_places[node].Remote} ({roles}) is in the cluster");
    }

    private HttpResponseMessage? Ask(ProgramProcess node, string path)
    {
        try
        {
            return Http.Send(new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(_places[node].PlaneAddress), path)));
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }

    private static HttpClient MakeClient()
    {
        var http = Connections.Client();
        http.Timeout = TimeSpan.FromSeconds(5);
        return http;
    }

    private static string ReadAll(HttpResponseMessage response)
    {
        using var reader = new StreamReader(response.Content.ReadAsStream());
        return reader.ReadToEnd();
    }

    // Below the range from which systems give ports to connections: a port found free there stays free until the node opens it.
    private static int FreePort()
    {
        while (true)
        {
            var port = 12_000 + (((Environment.ProcessId * 97) + Interlocked.Increment(ref _ports)) % 18_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: the next one.
            }
        }
    }

    /// <summary>What a node is, and where.</summary>
    private sealed record Place(string Roles, string Address, int Remoting, int Plane, int? Host, string Runs, string? Data)
    {
        public string Remote => $"{Address}:{Remoting}";

        public string PlaneAddress => $"http://{Address}:{Plane}/";
    }
}

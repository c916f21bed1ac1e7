using System.Net.Sockets;
using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using ClusterTrain.Actors.Configuration;
using ClusterTrain.Actors.Logging;
using ClusterTrain.Actors.Membership;
using ClusterTrain.Actors.Register;
using ClusterTrain.Actors.Roles;
using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Cluster.Working;
using Microsoft.Extensions.Logging;
using IClusterMessage = ClusterTrain.Cluster.Protocol.IClusterMessage;

namespace ClusterTrain.Actors;

/// <summary>
/// One node of the cluster, through as many lives in it as it takes: failure detection, split-brain resolution and the
/// singleton are Akka's; a node that was put out, or that finds itself in the wrong cluster, begins anew at the same port. Any
/// thread may call.
/// </summary>
public sealed class AkkaNode : IAsyncDisposable
{
    private const int MostTries = 30;
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private readonly NodeParts _parts;
    private readonly Terms? _terms;
    private readonly MembershipTimes _times;
    private readonly Lock _gate = new();
    private readonly List<Func<Task>> _handBacks = [];
    private readonly List<NodeLink> _links = [];
    private Task? _handedBack;
    private volatile NodeLife _life;
    private volatile bool _isLeaving;

    private AkkaNode(NodeSettings settings, Config user, string plane, IServerDuty? duty, ServerRegister? register, ILogger log)
    {
        _terms = duty is null ? null : new Terms(duty);
        _parts = new NodeParts
        {
            Settings = settings,
            User = user,
            Plane = plane,
            Duty = _terms,
            Register = register,
            Log = log,
            Memory = new MembershipMemory(),
            HandBack = () => _isLeaving ? HandBack() : Task.CompletedTask,
            Dismissed = () => _ = GoAtOnce(),
        };
        _life = new NodeLife(_parts, null);
        _times = MembershipTimes.Read(_life.System.Settings.Config);
        Address = $"{_life.Cluster.SelfAddress.Host}:{_life.Cluster.SelfAddress.Port}";
        Ended = Task.Run(Live);
    }

    /// <summary>host:port by which others reach this node.</summary>
    public string Address { get; }

    /// <summary>Completes when this node will be in no cluster any more.</summary>
    public Task<NodeEnd> Ended { get; }

    public IReadOnlyList<NodeMember> Members
    {
        get
        {
            var cluster = _life.Cluster;
            if (cluster.IsTerminated) return [];
            var state = cluster.State;
            return [.. state.Members.Select(member => new NodeMember(
                $"{member.Address.Host}:{member.Address.Port}", [.. member.Roles.Order(StringComparer.Ordinal)],
                member.Status.ToString(), !state.Unreachable.Contains(member)))];
        }
    }

    /// <summary>Whether this node is a full member.</summary>
    public bool IsUp => _life.Cluster is { IsTerminated: false, SelfMember.Status: MemberStatus.Up };

    /// <summary>Whether the active server has answered this node a moment ago.</summary>
    public bool SeesServer => _parts.Memory.IsServed(_times.Fresh);

    /// <summary>A node's settings from its file, if any, and the environment.</summary>
    /// <exception cref="NodeSettingsException">With every problem at once.</exception>
    public static NodeSettings ReadSettings(string? path, Func<string, string?> variable) => NodeSettingsFile.Read(path, variable);

    /// <param name="settings">What this node is and where.</param>
    /// <param name="configPath">The user's file, whose <c>akka</c> section goes before the program's; or null.</param>
    /// <param name="plane">Base address of this node's plane.</param>
    /// <param name="duty">What to do while it is the active server; null on a node that cannot be.</param>
    /// <param name="log">Told of who comes to the cluster and who goes.</param>
    /// <param name="register">What the servers agree upon; null on a node that is none.</param>
    /// <exception cref="IOException">The port cannot be opened.</exception>
    public static AkkaNode Start(NodeSettings settings, string? configPath, string plane, IServerDuty? duty, ILogger log, ServerRegister? register = null)
    {
        var user = configPath is null ? Config.Empty : ConfigurationFactory.ParseString(File.ReadAllText(configPath));
        try
        {
            return new AkkaNode(settings, user, plane, duty, register, log);
        }
        catch (Exception failure) when (Innermost(failure) is SocketException why)
        {
            throw new IOException(why.Message, failure);
        }
    }

    /// <summary>Called once when this node leaves for good, before the cluster is told: what it returns is waited for.</summary>
    public void OnLeaving(Func<Task> handBack)
    {
        lock (_gate) _handBacks.Add(handBack);
    }

    /// <summary>A worker's way to the server, wherever that is or will be, in this life of the node and those that follow.</summary>
    public IServerLink Link(string worker)
    {
        lock (_gate)
        {
            var link = new NodeLink(worker);
            link.Open(_life);
            _links.Add(link);
            return link;
        }
    }

    /// <summary>Base address of the active server's plane, or null when there is none to be found in time.</summary>
    public async Task<string?> LocateServer(TimeSpan patience)
    {
        try
        {
            var located = await _life.Server.Ask<ClusterMessage.Located>(new ClusterMessage.Locate(), patience).ConfigureAwait(false);
            return located.Plane;
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }

    /// <summary>Hands back, saves, and leaves the cluster.</summary>
    public Task Leave()
    {
        lock (_gate)
        {
            _isLeaving = true;
            return _life.System.WhenTerminated.IsCompleted ? Ended : _life.Leave();
        }
    }

    /// <summary>
    /// Puts the node of a worker out of the cluster at once, because its process is known to be dead; on the active server's
    /// node alone.
    /// </summary>
    public void PutOut(string worker) => _life.Server.Tell(new ServerActor.PutOut(worker));

    /// <summary>
    /// Tells every other member that the cluster is over: each hands back what it holds and ends, in order. For a cluster that
    /// ends with this node, before <see cref="Quit"/>. Who does not answer is not waited for longer than a moment.
    /// </summary>
    public Task Dismiss()
    {
        var life = _life;
        return Task.WhenAll(life.Cluster.State.Members
            .Where(member => member.Address != life.Cluster.SelfAddress).Select(member => Dismiss(life.System, member)));
    }

    /// <summary>Ends without taking leave: for a cluster that ends with this node.</summary>
    public Task Quit()
    {
        lock (_gate)
        {
            _isLeaving = true;
            return _life.End();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!Ended.IsCompleted) await Leave().ConfigureAwait(false);
        await Ended.ConfigureAwait(false);
    }

    private static async Task Dismiss(ActorSystem system, Member member)
    {
        try
        {
            await system.ActorSelection(new RootActorPath(member.Address) / "user" / CoordinatorActor.Name)
                .Ask<ClusterMessage.Dismissed>(new ClusterMessage.Dismiss(), Farewell).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            // Dead, or out of reach: it goes by itself.
        }
    }

    private static Exception Innermost(Exception failure) => failure.InnerException is { } inner ? Innermost(inner) : failure;

    private async Task<NodeEnd> Live()
    {
        while (true)
        {
            await _life.System.WhenTerminated.ConfigureAwait(false);
            if (_terms is not null) await _terms.Ended.ConfigureAwait(false);
            _parts.Memory.NotServed();
            if (!_isLeaving && !_life.WasEnded) ActorsLog.WasPutOut(_parts.Log);
            if (!_isLeaving && await BeginAnew().ConfigureAwait(false) is { } failure) return new NodeEnd(false, failure);
            if (!_isLeaving) continue;
            await HandBack().ConfigureAwait(false);
            return new NodeEnd(true, "left the cluster");
        }
    }

    // The next life, at the port of the first, by which others know this node. Why there cannot be one; null when there is.
    private async Task<string?> BeginAnew()
    {
        var port = _life.Cluster.SelfAddress.Port;

        // A connection that came while the last life was closing is answered by nobody. Its other end gives it up in this time;
        // were there a next life before, that would be out of that node's reach, and in every other one's.
        await Task.Delay(_life.System.Settings.Config.GetTimeSpan("akka.remote.dot-netty.tcp.connection-timeout")).ConfigureAwait(false);
        for (var tries = 1; ; tries++)
        {
            try
            {
                lock (_gate)
                {
                    if (_isLeaving) return null;
                    _life = new NodeLife(_parts, port);
                    _links.RemoveAll(link => !link.Open(_life));
                    return null;
                }
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                var why = Innermost(failure).Message;
                if (tries == MostTries) return $"cannot open its port {port} again: {why}";
                ActorsLog.PortIsTaken(_parts.Log, why);
            }

            await Task.Delay(_times.Look).ConfigureAwait(false);
        }
    }

    private Task HandBack()
    {
        lock (_gate) return _handedBack ??= Task.WhenAll(_handBacks.Select(handBack => handBack()));
    }

    private async Task GoAtOnce()
    {
        _isLeaving = true;
        await HandBack().ConfigureAwait(false);
        await Quit().ConfigureAwait(false);
    }

    /// <summary>The server's duty, whose last term is over before the next life of the node can begin one.</summary>
    private sealed class Terms(IServerDuty duty) : IServerDuty
    {
        private volatile Task _ended = Task.CompletedTask;

        public Task Ended => _ended;

        public void Begin(Action<string, IClusterMessage> send) => duty.Begin(send);

        public void Receive(IClusterMessage message) => duty.Receive(message);

        public void Lose(string worker) => duty.Lose(worker);

        public Task End() => _ended = Task.WhenAll(_ended, duty.End());
    }
}

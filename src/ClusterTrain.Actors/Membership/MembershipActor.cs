using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;
using ClusterTrain.Actors.Configuration;
using ClusterTrain.Actors.Logging;
using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Cluster.Protocol;
using Microsoft.Extensions.Logging;
using AkkaCluster = Akka.Cluster.Cluster;
using Member = Akka.Cluster.Member;

namespace ClusterTrain.Actors.Membership;

/// <summary>
/// One in every life of a node: looks at the cluster, greets the seeds that are not in it, hears those that greet, and does what
/// <see cref="MembershipRule"/> says.
/// </summary>
internal sealed class MembershipActor : ReceiveActor, IWithTimers
{
    public const string Name = NodePaths.Membership;
    private readonly AkkaCluster _cluster = AkkaCluster.Get(Context.System);
    private readonly NodeSettings _settings;
    private readonly MembershipTimes _times = MembershipTimes.Read(Context.System.Settings.Config);
    private readonly MembershipMemory _memory;
    private readonly IActorRef _server;
    private readonly Action _leave;
    private readonly ILogger _log;
    private readonly string _node;
    private readonly Dictionary<string, Stranger> _strangers = new(StringComparer.Ordinal);
    private long _since;
    private TimeSpan _outsideSince;
    private TimeSpan _serverSeenAt;
    private TimeSpan? _askedAt;
    private bool _wasInside;
    private bool _isGoing;

    /// <param name="settings">Roles and seeds.</param>
    /// <param name="memory">Outlives this life.</param>
    /// <param name="server">The way to the active server.</param>
    /// <param name="leave">Ends this life and begins the next one.</param>
    /// <param name="log">Told of what is decided.</param>
    public MembershipActor(NodeSettings settings, MembershipMemory memory, IActorRef server, Action leave, ILogger log)
    {
        (_settings, _memory, _server, _leave, _log) = (settings, memory, server, leave, log);
        _node = NameOf(_cluster.SelfAddress);
        _outsideSince = _serverSeenAt = memory.Now;
        Receive<Tick>(_ => Look());
        Receive<ClusterMessage.Greet>(Meet, greet => greet.Node is { Length: > 0 });
        Receive<ClusterMessage.Located>(_ => _memory.Served());
        Receive<ThisActorSystemQuarantinedEvent>(refused => HearRefusal(refused.RemoteAddress));
        ReceiveAny(_ => { });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(NodeSettings settings, MembershipMemory memory, IActorRef server, Action leave, ILogger log) =>
        Akka.Actor.Props.Create(() => new MembershipActor(settings, memory, server, leave, log));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));
        Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, TimeSpan.Zero, _times.Look);
    }

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    private static string NameOf(Address address) => $"{address.Host}:{address.Port}";

    private void Look()
    {
        var reachable = Reachable();
        foreach (var server in reachable.Where(member => member.HasRole(NodeSettings.Server)))
        {
            _serverSeenAt = _memory.Now;
            if (server.Address != _cluster.SelfAddress) _memory.Remember(NameOf(server.Address));
        }

        var here = reachable.Select(member => NameOf(member.Address)).Append(_node).ToHashSet(StringComparer.Ordinal);
        foreach (var node in _settings.Seeds.Union(_memory.Contacts).Where(node => !here.Contains(node)))
        {
            Context.ActorSelection($"{NodeConfig.SeedAddress(_settings, node)}/user/{Name}").Tell(Greeting(node, wantsAnswer: true));
        }

        if (OwnView() is not null) _server.Tell(new ClusterMessage.Locate());
        Act();
    }

    // Two nodes that count each other are in one cluster. Who counts this one, and is not counted, has been put out and does
    // not know it yet: what it believes of its cluster is not so.
    private void Meet(ClusterMessage.Greet greet)
    {
        if (greet.WantsAnswer) Sender.Tell(Greeting(greet.Node, wantsAnswer: false));
        var isInside = OwnView() is not null;
        if (isInside && greet.Known == _cluster.SelfUniqueAddress.Uid)
        {
            _strangers.Remove(greet.Node);
            return;
        }

        var now = _memory.Now;
        var isKnown = _strangers.TryGetValue(greet.Node, out var known) && known.Uid == greet.Uid && now - known.LastAt <= _times.Fresh;
        _strangers[greet.Node] = new Stranger(
            greet.Node, greet.Uid, new ClusterView(greet.Nodes, greet.HasServer, greet.Since, greet.Leader ?? ""),
            isKnown ? known!.FirstAt : now, now);
        if (greet is { Nodes: > 0, HasServer: true }) _memory.Remember(greet.Node);
        if (!isInside) Act();
    }

    // A node that one of its own cluster will not speak with any more was put out by it.
    private void HearRefusal(Address by)
    {
        if (OwnView() is not null && _cluster.State.Members.Any(member => member.Address == by))
            Leave($"{NameOf(by)} has put this node out of the cluster");
    }

    private void Act()
    {
        var own = OwnView();
        if (own is not null && !_wasInside)
        {
            // What was heard outside was of the cluster that this node is in now.
            _strangers.Clear();
            _wasInside = true;
        }

        if (_isGoing || IsOver(own)) return;
        var state = new MembershipState
        {
            IsServer = _settings.Roles.Contains(NodeSettings.Server),
            Node = _node,
            Seeds = _settings.Seeds,
            HasContacts = _memory.Contacts.Count > 0,
            Own = own,
            Now = _memory.Now,
            OutsideSince = _outsideSince,
            ServerSeenAt = _serverSeenAt,
            Strangers = [.. _strangers.Values],
        };
        switch (MembershipRule.Decide(state, _times))
        {
            case MembershipAction.Found when MayAsk():
                _since = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
                _cluster.Join(_cluster.SelfAddress);
                break;
            case MembershipAction.Join join when MayAsk():
                (_since, _outsideSince) = (join.Host.Cluster.Since, state.Now);
                _cluster.Join(Address.Parse(NodeConfig.SeedAddress(_settings, join.Host.Node)));
                break;
            case MembershipAction.Leave leave:
                Leave(leave.Why);
                break;
        }
    }

    // Being on the way out is no state to decide in, whoever wanted it.
    private bool IsOver(ClusterView? own) => _cluster.IsTerminated || (own is null && _wasInside)
        || _cluster.SelfMember.Status is MemberStatus.Leaving or MemberStatus.Exiting or MemberStatus.Down;

    private bool MayAsk()
    {
        if (_askedAt is { } at && _memory.Now - at < _times.Repeat) return false;
        _askedAt = _memory.Now;
        return true;
    }

    private void Leave(string why)
    {
        if (_isGoing) return;
        _isGoing = true;
        ActorsLog.BeginsAnew(_log, why);
        _leave();
    }

    private ClusterMessage.Greet Greeting(string node, bool wantsAnswer)
    {
        var known = _cluster.State.Members.FirstOrDefault(member => NameOf(member.Address) == node)?.UniqueAddress.Uid ?? 0;
        var own = OwnView() ?? new ClusterView(0, _settings.Roles.Contains(NodeSettings.Server), 0, "");
        return new ClusterMessage.Greet(
            _node, _cluster.SelfUniqueAddress.Uid, known, own.Nodes, own.HasServer, own.Since, own.Leader, wantsAnswer);
    }

    private ClusterView? OwnView()
    {
        var state = _cluster.State;
        if (!state.Members.Any(member => member.UniqueAddress.Equals(_cluster.SelfUniqueAddress))) return null;
        var reachable = Reachable();
        return new ClusterView(
            reachable.Count, reachable.Exists(member => member.HasRole(NodeSettings.Server)), _since,
            state.Leader is { } leader ? NameOf(leader) : "");
    }

    private List<Member> Reachable()
    {
        var state = _cluster.State;
        return [.. state.Members.Where(member =>
            member.Status is MemberStatus.Joining or MemberStatus.WeaklyUp or MemberStatus.Up && !state.Unreachable.Contains(member))];
    }

    private sealed class Tick
    {
        public static readonly Tick Instance = new();
    }
}

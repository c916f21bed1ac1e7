using System.Globalization;
using Akka.Actor;
using Akka.DistributedData;
using AkkaCluster = Akka.Cluster.Cluster;

namespace ClusterTrain.Actors.Register;

/// <summary>
/// A register's part in one cluster. Each entry is a register of Akka's own, since all that changed travels in one message: what
/// is large together stays small alone. A set has their names.
/// </summary>
internal sealed class RegisterActor : ReceiveActor
{
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private const string KeyPrefix = "entry ";
    private static readonly GSetKey<string> Names = new("names");

    private readonly ServerRegister _register;
    private readonly IActorRef _replicator;
    private readonly AkkaCluster _cluster = AkkaCluster.Get(Context.System);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public RegisterActor(ServerRegister register)
    {
        _register = register;
        _replicator = DistributedData.Get(Context.System).Replicator;
        Receive<Write>(write => Update(write.Key, write.Entry, new WriteMajority(Patience), Sender));
        Receive<Changed>(changed => Hear(changed));
        Receive<IUpdateResponse>(response => (response.Request as IActorRef)?.Tell(Written.Instance));
        ReceiveAny(_ => { });
    }

    public static Props Props(ServerRegister register) => Akka.Actor.Props.Create(() => new RegisterActor(register));

    protected override void PreStart()
    {
        _replicator.Tell(Dsl.Subscribe(Names, Self));
        foreach (var (key, entry) in _register.Entries) Update(key, entry, WriteLocal.Instance, ActorRefs.Nobody);
    }

    private void Update(string key, Agreed entry, IWriteConsistency consistency, IActorRef asker)
    {
        var node = _cluster.SelfUniqueAddress;
        Watch(key);
        _replicator.Tell(Dsl.Update(Names, GSet<string>.Empty, consistency, names => names.Add(key)));
        var text = entry.Clock.ToString(CultureInfo.InvariantCulture) + " " + entry.Text;
        _replicator.Tell(new Update(
            KeyOf(key), new LWWRegister<string>(node, text, (_, _) => entry.Clock), consistency,
            found => found is LWWRegister<string> known && ClockOf(known.Value) >= entry.Clock ? found : ((LWWRegister<string>)found).WithValue(node, text, (_, _) => entry.Clock),
            asker));
    }

    private void Hear(Changed changed)
    {
        if (changed.Key.Id == Names.Id)
        {
            foreach (var name in changed.Get(Names)) Watch(name);
        }
        else
        {
            var key = changed.Key.Id[KeyPrefix.Length..];
            var text = changed.Get(KeyOf(key)).Value;
            _register.Hear(key, new Agreed(ClockOf(text), text[(text.IndexOf(' ', StringComparison.Ordinal) + 1)..]));
        }
    }

    private void Watch(string key)
    {
        if (_known.Add(key)) _replicator.Tell(Dsl.Subscribe(KeyOf(key), Self));
    }

    private static LWWRegisterKey<string> KeyOf(string key) => new(KeyPrefix + key);

    private static long ClockOf(string text) =>
        long.TryParse(text.AsSpan(0, Math.Max(0, text.IndexOf(' ', StringComparison.Ordinal))), CultureInfo.InvariantCulture, out var clock) ? clock : 0;

    public sealed record Write(string Key, Agreed Entry);

    public sealed class Written
    {
        public static readonly Written Instance = new();
    }
}

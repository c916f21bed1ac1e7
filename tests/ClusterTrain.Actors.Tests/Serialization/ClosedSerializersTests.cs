using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch.SysMsg;
using Akka.Serialization;
using ClusterTrain.Actors.Configuration;
using ClusterTrain.Actors.Serialization;
using SerializationException = System.Runtime.Serialization.SerializationException;

namespace ClusterTrain.Actors.Tests.Serialization;

/// <summary>What a node can make of what comes: against the serializers that Akka has without us.</summary>
public sealed class ClosedSerializersTests : IDisposable
{
    private readonly ExtendedActorSystem _node = (ExtendedActorSystem)ActorSystem.Create("node", NodeConfig.Of(TestNodes.Server with { Secret = null }, Config.Empty));
    private readonly ExtendedActorSystem _plain = (ExtendedActorSystem)ActorSystem.Create(
        "plain", ConfigurationFactory.ParseString("akka { actor.provider = remote, loglevel = OFF, stdout-loglevel = OFF, remote.dot-netty.tcp { hostname = \"127.0.0.1\", port = 0 } }"));

    public void Dispose() => Task.WhenAll(_node.Terminate(), _plain.Terminate()).Wait(TimeSpan.FromSeconds(20));

    [Fact]
    public void Message_OfAnyOtherKind_IsNeitherTakenNorSent()
    {
        object[] messages =
        [
            PoisonPill.Instance, Kill.Instance, new Status.Failure(new InvalidOperationException("no")), new Dictionary<string, int> { ["a"] = 1 },
            new UriBuilder("http://evil.example"), new Terminate(), new Suspend(), new Resume(new InvalidOperationException("no")),
            new Recreate(new InvalidOperationException("again")), new Supervise(_plain.DeadLetters, false), Akka.Routing.FromConfig.Instance,
            new Akka.Routing.RoundRobinPool(5), ConfigurationFactory.ParseString("a = 1"),
        ];
        Assert.All(messages, message =>
        {
            var (bytes, id, manifest) = Written(_plain, message);
            Assert.NotNull(_plain.Serialization.Deserialize(bytes, id, manifest));
            Assert.ThrowsAny<SerializationException>(() => _node.Serialization.Deserialize(bytes, id, manifest));
            Assert.ThrowsAny<SerializationException>(() => Written(_node, message));
        });
    }

    [Fact]
    public void Message_ThatNodesNeed_GoesBothWays()
    {
        object[] messages =
        [
            new Identify(1), new ActorIdentity(1, null), new Watch((IInternalActorRef)_node.DeadLetters, (IInternalActorRef)_node.DeadLetters),
            new DeathWatchNotification(_node.DeadLetters, true, false),
        ];
        Assert.All(messages, message =>
        {
            var (bytes, id, manifest) = Written(_node, message);
            Assert.IsType(message.GetType(), _node.Serialization.Deserialize(bytes, id, manifest));
        });
    }

    [Fact]
    public void Object_Bound_RefusesBothWays()
    {
        var serializer = _node.Serialization.FindSerializerFor(new UriBuilder());
        Assert.IsType<RefusingSerializer>(serializer);
        Assert.ThrowsAny<SerializationException>(() => serializer.ToBinary(new UriBuilder()));
        Assert.ThrowsAny<SerializationException>(() => serializer.FromBinary<UriBuilder>([1]));
    }

    private static (byte[] Bytes, int Id, string Manifest) Written(ExtendedActorSystem system, object message)
    {
        var serializer = system.Serialization.FindSerializerFor(message);
        var bytes = Akka.Serialization.Serialization.WithTransport(system, () => serializer.ToBinary(message));
        var manifest = serializer is SerializerWithStringManifest named ? named.Manifest(message)
            : serializer.IncludeManifest ? $"{message.GetType().FullName}, {message.GetType().Assembly.GetName().Name}" : "";
        return (bytes, serializer.Identifier, manifest);
    }
}

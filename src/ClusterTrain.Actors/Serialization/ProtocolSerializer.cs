using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace ClusterTrain.Actors.Serialization;

/// <summary>
/// Hyperion for the protocol's messages and nothing else. A subclass, since neither the configuration's allowed-types nor
/// a serializer setup reaches what really serializes (seen with Hyperion 0.12).
/// </summary>
internal sealed class ProtocolSerializer : HyperionSerializer
{
    public ProtocolSerializer(ExtendedActorSystem system)
        : base(system, Closed(HyperionSerializerSettings.Default))
    {
    }

    public ProtocolSerializer(ExtendedActorSystem system, Config config)
        : base(system, Closed(HyperionSerializerSettings.Create(config)))
    {
    }

    /// <summary>Hyperion's own number is another one: a node without this class must not read our messages with it.</summary>
    public override int Identifier => 7_411;

    private static HyperionSerializerSettings Closed(HyperionSerializerSettings settings) =>
        settings.WithDisallowUnsafeType(true).WithTypeFilter(new ProtocolTypes());
}

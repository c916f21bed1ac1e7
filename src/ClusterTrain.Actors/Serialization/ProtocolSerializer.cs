using System.Runtime.Serialization;
using System.Security.Cryptography;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace ClusterTrain.Actors.Serialization;

/// <summary>
/// Hyperion for the protocol's messages and nothing else. A subclass, since neither the configuration's allowed-types nor
/// a serializer setup reaches what really serializes (seen with Hyperion 0.12). In front of each message stands a part of its SHA-256:
/// Hyperion believes every length that it reads, and takes gigabytes for one flipped bit.
/// </summary>
internal sealed class ProtocolSerializer : HyperionSerializer
{
    private const int SumBytes = 16;

    public ProtocolSerializer(ExtendedActorSystem system)
        : base(system, Closed(HyperionSerializerSettings.Default))
    {
    }

    public ProtocolSerializer(ExtendedActorSystem system, Config config)
        : base(system, Closed(HyperionSerializerSettings.Create(config)))
    {
    }

    /// <summary>Hyperion's own number is another one: a node without this class must not read our messages with it.</summary>
    public override int Identifier => 7_421;

    public override byte[] ToBinary(object obj) => WithSum(base.ToBinary(obj));

    /// <exception cref="SerializationException">These bytes are not as they were written, or no message of the protocol.</exception>
    public override object FromBinary(byte[] bytes, Type type)
    {
        if (bytes.Length < SumBytes || !Sum(bytes.AsSpan(SumBytes)).AsSpan(0, SumBytes).SequenceEqual(bytes.AsSpan(0, SumBytes)))
            throw new SerializationException("a message did not come as it was sent: its hash is another one");
        return base.FromBinary(bytes[SumBytes..], type);
    }

    /// <summary>A message as it goes over the wire.</summary>
    internal static byte[] WithSum(byte[] message) => [.. Sum(message).AsSpan(0, SumBytes), .. message];

    private static byte[] Sum(ReadOnlySpan<byte> message) => SHA256.HashData(message);

    private static HyperionSerializerSettings Closed(HyperionSerializerSettings settings) =>
        settings.WithDisallowUnsafeType(true).WithTypeFilter(new ProtocolTypes());
}

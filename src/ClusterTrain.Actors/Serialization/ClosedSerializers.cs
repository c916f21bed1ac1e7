using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch.SysMsg;
using Akka.Remote.Serialization;
using Akka.Serialization;

namespace ClusterTrain.Actors.Serialization;

/// <summary>In the place of Akka's serializers that make objects of whatever type a sender names: makes none, of none.</summary>
internal sealed class RefusingSerializer : Serializer
{
    public RefusingSerializer(ExtendedActorSystem system)
        : base(system)
    {
    }

    /// <summary>In the place of one that has settings.</summary>
    public RefusingSerializer(ExtendedActorSystem system, Config config)
        : base(system) => _ = config;

    public override int Identifier => 7_412;

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj) =>
        throw new System.Runtime.Serialization.SerializationException($"{obj.GetType()} is no message of the cluster: nothing else is sent");

    public override object FromBinary(byte[] bytes, Type type) =>
        throw new System.Runtime.Serialization.SerializationException("what came is no message of the cluster: nothing else is taken");
}

/// <summary>Of Akka's messages of all kinds those that nodes need: who is there, and that they live. None that ends or deploys an actor.</summary>
internal sealed class ClosedMiscSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private static readonly HashSet<string> Allowed = ["ID", "AID", "AR", "RWHB", "RWHR"];
    private readonly MiscMessageSerializer _inner = new(system);

    public override int Identifier => _inner.Identifier;

    public override byte[] ToBinary(object obj) => _inner.ToBinary(obj);

    public override string Manifest(object o) => Checked(_inner.Manifest(o));

    public override object FromBinary(byte[] bytes, string manifest) => _inner.FromBinary(bytes, Checked(manifest));

    private static string Checked(string manifest) => Allowed.Contains(manifest) ? manifest
        : throw new System.Runtime.Serialization.SerializationException($"a message of the kind {manifest} is not among those that nodes need");
}

/// <summary>Of Akka's system messages those by which actors of two nodes watch each other.</summary>
internal sealed class ClosedSystemSerializer(ExtendedActorSystem system) : Serializer(system)
{
    private static readonly HashSet<Type> Allowed = [typeof(Watch), typeof(Unwatch), typeof(DeathWatchNotification)];
    private readonly SystemMessageSerializer _inner = new(system);

    public override int Identifier => _inner.Identifier;

    public override bool IncludeManifest => true;

    public override byte[] ToBinary(object obj)
    {
        Check(obj.GetType());
        return _inner.ToBinary(obj);
    }

    public override object FromBinary(byte[] bytes, Type type)
    {
        Check(type);
        return _inner.FromBinary(bytes, type);
    }

    private static void Check(Type? type)
    {
        if (type is null || !Allowed.Contains(type))
            throw new System.Runtime.Serialization.SerializationException($"the system message {type?.Name} is not among those that nodes need");
    }
}

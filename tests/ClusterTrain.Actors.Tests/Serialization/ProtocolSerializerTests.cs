using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using ClusterTrain.Actors.Configuration;
using ClusterTrain.Actors.Serialization;
using ClusterTrain.Cluster.Protocol;

namespace ClusterTrain.Actors.Tests.Serialization;

/// <summary>Through a real actor system, as its nodes have it.</summary>
public sealed class ProtocolSerializerTests : IDisposable
{
    private readonly ExtendedActorSystem _system = (ExtendedActorSystem)ActorSystem.Create("protocol", NodeConfig.Of(TestNodes.Server with { Secret = null }, Config.Empty));

    public void Dispose() => _system.Terminate().Wait(TimeSpan.FromSeconds(20));

    [Theory]
    [MemberData(nameof(SampleMessages.Names), MemberType = typeof(SampleMessages))]
    public void ToBinary_EveryMessage_ComesBackAsItWas(string name, bool isFull)
    {
        var message = SampleMessages.Make(name, isFull);
        var serializer = _system.Serialization.FindSerializerFor(message);

        Assert.IsType<ProtocolSerializer>(serializer);
        Assert.Equal(message, serializer.FromBinary(serializer.ToBinary(message), message.GetType()));
    }

    [Fact]
    public void ToBinary_MessageOutsideTheProtocol_IsRefused()
    {
        var serializer = _system.Serialization.FindSerializerFor(new Foreign("x"));

        Assert.IsType<ProtocolSerializer>(serializer);
        var refusal = Assert.ThrowsAny<Exception>(() => serializer.ToBinary(new Foreign("x")));
        AssertNames(refusal, typeof(Foreign));
    }

    [Fact]
    public void FromBinary_MessageOutsideTheProtocol_IsRefused()
    {
        var open = new HyperionSerializer(_system, HyperionSerializerSettings.Default.WithDisallowUnsafeType(false));
        var bytes = open.ToBinary(new Foreign("x"));
        Assert.Equal(new Foreign("x"), open.FromBinary<Foreign>(bytes));

        var refusal = Assert.ThrowsAny<Exception>(() => _system.Serialization.FindSerializerFor(new Foreign("x")).FromBinary<Foreign>(ProtocolSerializer.WithSum(bytes)));
        AssertNames(refusal, typeof(Foreign));
    }

    [Theory]
    [InlineData("text")]
    [InlineData(5)]
    public void FindSerializerFor_WhatIsNoMessage_IsNotOurs(object other) =>
        Assert.IsNotType<ProtocolSerializer>(_system.Serialization.FindSerializerFor(other));

    // Akka's own messages go its own ways; ours go no other than this one.
    [Fact]
    public void All_TypesOnTheWire_AreTheProtocolsAndWhatItIsMadeOf()
    {
        var made = SampleMessages.Types.SelectMany(type => type.GetConstructors().SelectMany(constructor => constructor.GetParameters()))
            .Select(parameter => parameter.ParameterType)
            .Where(type => !type.IsPrimitive && type != typeof(string) && !SampleMessages.Types.Contains(type));

        Assert.Equal(
            SampleMessages.Types.Concat(made).Append(typeof(ActorRefBase.Surrogate)).Distinct().OrderBy(type => type.FullName),
            ProtocolTypes.All.OrderBy(type => type.FullName));
        Assert.All(SampleMessages.Types, type => Assert.True(type.IsSealed));
    }

    // Refused for what it is, and not for some other reason.
    private static void AssertNames(Exception refusal, Type type)
    {
        var said = "";
        for (var one = refusal; one is not null; one = one.InnerException) said += one.Message;
        Assert.Contains(type.Name, said, StringComparison.Ordinal);
    }

    private sealed record Foreign(string Text) : IClusterMessage;
}

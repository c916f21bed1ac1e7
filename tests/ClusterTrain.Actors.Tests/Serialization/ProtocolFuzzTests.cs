using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using ClusterTrain.Actors.Configuration;
using ClusterTrain.Actors.Serialization;

namespace ClusterTrain.Actors.Tests.Serialization;

/// <summary>Mutants of messages through the real serializer of a real actor system: refused before anything is made of them.</summary>
public sealed class ProtocolFuzzTests : IDisposable
{
    private const long MostBytes = 1 << 16;
    private readonly ExtendedActorSystem _system = (ExtendedActorSystem)ActorSystem.Create("fuzz", NodeConfig.Of(TestNodes.Server with { Secret = null }, Config.Empty));

    public void Dispose() => _system.Terminate().Wait(TimeSpan.FromSeconds(20));

    [Fact]
    public void FromBinary_MutantsOfEveryMessage_AreRefusedInBoundedMemory()
    {
        var count = Mutants.Often(200);
        foreach (var type in SampleMessages.Types)
        {
            var message = SampleMessages.Make(type.Name, isFull: true);
            var serializer = Assert.IsType<ProtocolSerializer>(_system.Serialization.FindSerializerFor(message));
            var whole = serializer.ToBinary(message);

            var refused = Mutants.Refused<SerializationException>(whole, (_, bytes) =>
            {
                if (bytes.AsSpan().SequenceEqual(whole)) throw new SerializationException("a mutant that is none");
                serializer.FromBinary(bytes, type);
            }, MostBytes, count);

            Assert.Equal(count, refused);
        }
    }
}

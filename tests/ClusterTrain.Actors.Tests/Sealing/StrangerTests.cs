using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Dispatch.SysMsg;
using ClusterTrain.Actors.Roles;
using ClusterTrain.Actors.Sealing;
using ClusterTrain.Cluster.Nodes;

namespace ClusterTrain.Actors.Tests.Sealing;

/// <summary>What becomes of somebody who talks to a node's cluster port and is no node.</summary>
public sealed class StrangerTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly RecordingDuty _duty = new();
    private readonly RecordingLog _log = new();
    private AkkaNode _server = null!;

    /// <summary>A type of nobody's protocol, which counts how often one is made.</summary>
    public sealed class Planted
    {
        private static int _made;

        public Planted() => Interlocked.Increment(ref _made);

        public static int Made => Volatile.Read(ref _made);

        public string Text { get; set; } = "";
    }

    public sealed class PlantedActor : ReceiveActor
    {
        private static int _made;

        public PlantedActor() => Interlocked.Increment(ref _made);

        public static int Made => Volatile.Read(ref _made);
    }

    /// <summary>What a client of plain Akka.Remote can send to an actor that it knows by its path, and each is known to end, change or make something.</summary>
    private static readonly string[] Attacks = ["poison pill", "kill", "terminate", "suspend", "recreate", "planted", "file system watcher", "deploy", "status"];

    public ValueTask InitializeAsync()
    {
        _server = TestNodes.Start(TestNodes.Server, _duty, "http://127.0.0.1:5/", log: _log);
        TestNodes.WaitUntil(() => _duty.IsActive, "the server");
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("akka.tcp", null)]
    [InlineData("akka.sealed.tcp", "another secret")]
    public async Task Client_WithoutTheSecret_ComesNowhere(string scheme, string? secret)
    {
        using var client = Client(secret is null ? null : ClusterSecret.Make());
        var made = Planted.Made;
        foreach (var path in new[] { CoordinatorActor.Name, "membership", "parameter-server", "parameter-server/singleton", "to-server" })
        {
            var selection = client.ActorSelection($"{scheme}://clustertrain@{_server.Address}/user/{path}");
            selection.Tell(PoisonPill.Instance);
            selection.Tell(new Planted());
        }

        // Who has another secret comes again and again.
        TestNodes.WaitUntil(
            () =>
            {
                client.ActorSelection($"{scheme}://clustertrain@{_server.Address}/user/{CoordinatorActor.Name}").Tell(PoisonPill.Instance);
                return _log.Lines.Any(IsRefusal);
            },
            "a refusal");

        Assert.Equal(made + 5, Planted.Made);
        await AssertUntouched(_server);
    }

    // As connections do that were made while this node stood still.
    [Fact]
    public async Task Connection_GivenUpAtTheSightOfTheProof_IsNotTakenForAStrangers()
    {
        for (var times = 0; times < 3; times++)
        {
            using var tired = Connect();
            await Send(tired, FrameSeal.Nonce());
            await tired.GetStream().ReadExactlyAsync(new byte[4 + FrameSeal.NonceBytes + FrameSeal.ProofBytes], TestContext.Current.CancellationToken);
        }

        using var stranger = Connect();
        await Send(stranger, [1, 2, 3]);

        TestNodes.WaitUntil(() => _log.Lines.Any(IsRefusal), "a refusal");
        Assert.Contains($":{((IPEndPoint)stranger.Client.LocalEndPoint!).Port} does not", Assert.Single(_log.Lines, IsRefusal), StringComparison.Ordinal);
    }

    private static bool IsRefusal(string line) => line.Contains("does not know the cluster's secret", StringComparison.Ordinal);

    [Fact]
    public async Task Client_OfAClusterThatAsksForNoSecret_StopsAndMakesNothing()
    {
        var duty = new RecordingDuty();
        await using var open = TestNodes.Start(TestNodes.Server with { Secret = null }, duty, "http://127.0.0.1:5/");
        TestNodes.WaitUntil(() => duty.IsActive, "the server");
        using var client = Client(null);
        var root = $"akka.tcp://clustertrain@{open.Address}";
        var server = await client.ActorSelection($"{root}/user/parameter-server/singleton").ResolveOne(Patience);
        using var watcher = new FileSystemWatcher(Path.GetTempPath()) { EnableRaisingEvents = true };
        foreach (var attack in Attacks)
        {
            var (made, deployed, watchers) = (Planted.Made, PlantedActor.Made, OpenWatchers());
            if (attack == "planted") made++;
            Attack(client, root, server, watcher, attack);

            // What one says to an actor arrives in order: when this is answered, the other thing was there before.
            TestNodes.WaitUntil(() => Answers(server), $"an answer after {attack}");
            Assert.Equal((attack, made, deployed, watchers), (attack, Planted.Made, PlantedActor.Made, OpenWatchers()));
            await AssertUntouched(open);
            Assert.True(duty.IsActive && duty.Lost.IsEmpty && !duty.HasEnded, attack);
        }
    }

    private static void Attack(ActorSystem client, string root, IActorRef server, FileSystemWatcher watcher, string attack)
    {
        switch (attack)
        {
            case "poison pill": server.Tell(PoisonPill.Instance); break;
            case "kill": server.Tell(Kill.Instance); break;
            case "terminate": ((IInternalActorRef)server).SendSystemMessage(new Terminate()); break;
            case "suspend": ((IInternalActorRef)server).SendSystemMessage(new Suspend()); break;
            case "recreate": ((IInternalActorRef)server).SendSystemMessage(new Recreate(new InvalidOperationException("again"))); break;
            case "planted": server.Tell(new Planted()); break;
            case "file system watcher": server.Tell(watcher); break;
            case "status": server.Tell(new Status.Failure(new InvalidOperationException("no"))); break;
            default:
                client.ActorOf(Props.Create<PlantedActor>().WithDeploy(Deploy.None.WithScope(new RemoteScope(Address.Parse(root)))), "planted");
                break;
        }
    }

    [Fact]
    public async Task Paths_ThatTheProtocolDoesNotName_AreNotFound()
    {
        var duty = new RecordingDuty();
        await using var open = TestNodes.Start(TestNodes.Server with { Secret = null }, duty, "http://127.0.0.1:5/");
        TestNodes.WaitUntil(() => duty.IsActive, "the server");
        using var client = Client(null);
        var root = $"akka.tcp://clustertrain@{open.Address}";
        Assert.NotNull(await client.ActorSelection($"{root}/user/{CoordinatorActor.Name}").ResolveOne(Patience));
        foreach (var path in new[] { "/user/to-server", "/user", "/system", "/user/*", "/system/log1-AkkaLogActor", "/remote" })
            await Assert.ThrowsAsync<ActorNotFoundException>(() => client.ActorSelection(root + path).ResolveOne(TimeSpan.FromMilliseconds(300)));
    }

    [Fact]
    public async Task Connection_ThatBeginsOtherwise_IsCutOff()
    {
        foreach (var bytes in new[] { 1, FrameSeal.NonceBytes - 1, FrameSeal.NonceBytes + FrameSeal.ProofBytes, 100_000 })
        {
            using var stranger = Connect();
            await Send(stranger, new byte[bytes]);
            Assert.Equal(0, await stranger.GetStream().ReadAsync(new byte[1], TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience));
        }

        await AssertUntouched(_server);
    }

    [Fact]
    public async Task Connection_ThatRepeatsWhatItHeard_IsCutOffAtItsFirstFrame()
    {
        using var stranger = Connect();
        await Send(stranger, FrameSeal.Nonce());
        var answer = new byte[4 + FrameSeal.NonceBytes + FrameSeal.ProofBytes];
        await stranger.GetStream().ReadExactlyAsync(answer, TestContext.Current.CancellationToken);

        await Send(stranger, answer[4..]);

        Assert.Equal(0, await stranger.GetStream().ReadAsync(new byte[1], TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience));
        await AssertUntouched(_server);
    }

    [Fact]
    public async Task Connections_Many_HoldUpNoNode()
    {
        var strangers = Enumerable.Range(0, 3 * SealedTransport.MostUnproven).Select(_ => Connect()).ToList();
        try
        {
            await using var worker = TestNodes.Start(TestNodes.Worker(_server.Address));

            // Those that say nothing lose their places, and the node has its own.
            TestNodes.WaitUntil(() => worker.IsUp, "the worker");
            await AssertUntouched(_server);
        }
        finally
        {
            strangers.ForEach(stranger => stranger.Dispose());
        }
    }

    private static bool Answers(IActorRef server)
    {
        try
        {
            return server.Ask<ActorIdentity>(new Identify(1), TimeSpan.FromSeconds(2)).GetAwaiter().GetResult().Subject is not null;
        }
        catch (AskTimeoutException)
        {
            return false;
        }
    }

    private static int OpenWatchers() => Directory.Exists("/proc/self/fd") ? Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(IsWatcher) : 0;

    // What other tests have open may be closed by now.
    private static bool IsWatcher(string descriptor)
    {
        try
        {
            return File.ResolveLinkTarget(descriptor, false)?.FullName.Contains("inotify", StringComparison.Ordinal) == true;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }

    private static async Task AssertUntouched(AkkaNode server)
    {
        Assert.Equal("http://127.0.0.1:5/", await server.LocateServer(Patience));
        Assert.True(server.IsUp);
    }

    private static async Task Send(TcpClient client, byte[] content)
    {
        var frame = new byte[4 + content.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, content.Length);
        content.CopyTo(frame, 4);
        await client.GetStream().WriteAsync(frame);
    }

    private TcpClient Connect()
    {
        var parts = _server.Address.Split(':');
        return new TcpClient(parts[0], int.Parse(parts[1]));
    }

    // As anybody would start one, with Akka's own serializers.
    private static ActorSystem Client(ClusterSecret? secret)
    {
        var sealedBy = secret is null ? "" : $$"""
            akka.remote.adapters { sealed = "ClusterTrain.Actors.Sealing.SealedTransportProvider,ClusterTrain.Actors" }
            akka.remote.dot-netty.tcp.applied-adapters = ["sealed"]
            """;
        var setup = BootstrapSetup.Create().WithConfig(ConfigurationFactory.ParseString($$"""
            akka { actor.provider = remote, loglevel = OFF, stdout-loglevel = OFF, remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 } }
            akka.remote.retry-gate-closed-for = 200ms
            akka.actor.serialization-bindings { "System.Object" = json }
            {{sealedBy}}
            """));
        return ActorSystem.Create("clustertrain", secret is null ? ActorSystemSetup.Create(setup) : ActorSystemSetup.Create(setup, new SealSetup(secret, new RecordingLog())));
    }
}

using System.Net;
using ClusterTrain.Actors.Register;
using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Cluster.Plane;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClusterTrain.Actors.Tests;

/// <summary>Nodes of this process, on ports that are free.</summary>
internal static class TestNodes
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>What the tests' nodes and planes ask for.</summary>
    public static ClusterSecret Secret { get; } = ClusterSecret.Make();

    /// <summary>What workers show to planes.</summary>
    public static Credentials Known { get; } = new(Secret: Secret);

    /// <summary>A plane on loopback.</summary>
    public static PlaneOptions Plane { get; } = new() { Endpoint = new IPEndPoint(IPAddress.Loopback, 0), Secret = Secret };

    public static NodeSettings Server { get; } = new() { Roles = [NodeSettings.Server], RemotingPort = 0, PlanePort = 0, Seeds = [], Secret = Secret };

    public static NodeSettings Worker(string seed) =>
        new() { Roles = [NodeSettings.Trainer, NodeSettings.Adversary], RemotingPort = 0, PlanePort = 0, Seeds = [seed], Secret = Secret };

    public static AkkaNode Start(
        NodeSettings settings, IServerDuty? duty = null, string plane = "http://127.0.0.1:1/", string? config = null, ILogger? log = null,
        ServerRegister? register = null) =>
        AkkaNode.Start(settings, config, plane, duty, log ?? NullLogger.Instance, register);

    public static void WaitUntil(Func<bool> condition, string what)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, $"waited in vain: {what}");
            Thread.Sleep(20);
        }
    }
}

using System.Net;
using ClusterTrain.Cluster.Plane;
using ClusterTrain.Cluster.Serving;

namespace ClusterTrain.Actors.Tests;

/// <summary>One cluster for many runs: a server and three nodes for workers, all of this process.</summary>
public sealed class SharedCluster : IDisposable
{
    private readonly PlaneHost _host;

    public SharedCluster()
    {
        Served = new ServedRun();
        _host = PlaneHost.Start(TestNodes.Plane, Served, Served.Map);
        Duty.OnReceived = message => Served.Post(new DeskInput.Received(message));
        Duty.OnLost = worker => Served.Post(new DeskInput.Lost(worker));
        Server = TestNodes.Start(TestNodes.Server, Duty, _host.Address);
        Nodes = [.. Enumerable.Range(0, 3).Select(_ => TestNodes.Start(TestNodes.Worker(Server.Address)))];
        TestNodes.WaitUntil(() => Duty.IsActive && Nodes.All(node => node.IsUp), "a cluster of four nodes");
    }

    public ServedRun Served { get; }

    internal RecordingDuty Duty { get; } = new();

    public AkkaNode Server { get; }

    public IReadOnlyList<AkkaNode> Nodes { get; }

    public string Plane => _host.Address;

    public void Dispose()
    {
        foreach (var node in Nodes.Append(Server)) node.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(30));
        _host.Dispose();
    }
}

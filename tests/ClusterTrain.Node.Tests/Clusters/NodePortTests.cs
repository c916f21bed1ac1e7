using System.Net;
using System.Net.Sockets;
using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests.Clusters;

/// <summary>A node whose port is another's: at its start, and when it begins anew.</summary>
public sealed class NodePortTests : IDisposable
{
    private readonly Shell _shell = new();
    private readonly NodeGroup _nodes;

    public NodePortTests() => _nodes = new NodeGroup(_shell) { IsQuick = true, More = "akka.cluster.healing { look = 100ms, without-server = 1s }" };

    public void Dispose()
    {
        _nodes.Dispose();
        _shell.Dispose();
    }

    [Fact]
    public void Port_OfAnotherNode_IsNotTakenFromItAndWhoNeedsItExitsWithOne()
    {
        var started = _nodes.Start(NodeSettings.Server, NodeSettings.Trainer);
        var (server, worker) = (started[0], started[1]);

        Assert.Contains("in use", _nodes.StartAtThePortOf(worker).Gives(ExitCode.WrongInput).Error, StringComparison.Ordinal);

        _nodes.WaitUntilOne(server, worker);

        // Without its server the worker begins anew, and gives up its port for that.
        server.Kill();
        using var port = new TcpListener(IPEndPoint.Parse(_nodes.AddressOf(worker)));
        worker.WaitUntil(() => Takes(port));
        var end = worker.Exit().Gives(ExitCode.Failed);
        Assert.Contains("The cluster's port cannot be opened again yet", end.Error, StringComparison.Ordinal);
        Assert.Contains("cannot open its port", end.Error, StringComparison.Ordinal);
    }

    private static bool Takes(TcpListener port)
    {
        try
        {
            port.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

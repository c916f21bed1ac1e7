using System.Net;
using System.Net.Sockets;
using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests.Nodes;

/// <summary>How a node ends that was not told to.</summary>
public sealed class NodeEndTests : IDisposable
{
    private const string Short = """
        akka.remote.dot-netty.tcp.connection-timeout = 1500ms
        akka.cluster.healing { look = 50ms, without-server = 500ms }
        """;

    private readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public async Task Node_BeginsAnewAndItsPortIsTaken_ExitsWithOneAndSaysSo()
    {
        var server = new NodeInProcess(_shell, "server");
        server.WaitUntilSaid("This node is the active server");
        using var worker = new NodeInProcess(_shell, "trainer", Short, [("CLUSTERTRAIN_SEEDS", server.Address)]);
        worker.WaitUntilSaid($"{worker.Address} (trainer) is in the cluster");
        var leaving = Task.Run(server.Dispose, TestContext.Current.CancellationToken);
        using var port = new TcpListener(IPEndPoint.Parse(worker.Address));
        worker.WaitUntil(() => Takes(port), "the port that the node gives up");

        worker.WaitUntilSaid($"cannot open its port {((IPEndPoint)port.LocalEndpoint).Port} again");

        await leaving;
        Assert.Contains("The cluster's port cannot be opened again yet", worker.Said, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Failed, worker.Leave());
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

using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Cluster.Working;
using Microsoft.Extensions.Logging;

namespace ClusterTrain.Actors;

/// <summary>Stands in where Akka.NET could not be restored: says so.</summary>
public sealed class AkkaNode : IAsyncDisposable
{
    public const string WhyUnavailable =
        "this program was built without Akka.NET, since its package source has no Akka.Cluster, Akka.Cluster.Tools and "
        + "Akka.Serialization.Hyperion; build it where these can be restored (dotnet build -p:Akka=true shows what is missing), "
        + "or use --engine processes on one machine";

    private AkkaNode()
    {
    }

    public static bool IsAvailable => false;

    public string Address => throw Missing();

    public Task<NodeEnd> Ended => throw Missing();

    public IReadOnlyList<NodeMember> Members => throw Missing();

    public bool IsUp => throw Missing();

    public static NodeSettings ReadSettings(string? path, Func<string, string?> variable) => throw Missing();

    public static AkkaNode Start(NodeSettings settings, string? configPath, string plane, IServerDuty? duty, ILogger log) => throw Missing();

    public void OnLeaving(Func<Task> handBack) => throw Missing();

    public IServerLink Link(string worker) => throw Missing();

    public Task<string?> LocateServer(TimeSpan patience) => throw Missing();

    public Task Leave() => throw Missing();

    public void PutOut(string worker) => throw Missing();

    public Task Quit() => throw Missing();

    public ValueTask DisposeAsync() => throw Missing();

    private static NotSupportedException Missing() => new(WhyUnavailable);
}

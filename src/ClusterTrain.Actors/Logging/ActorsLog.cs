using Microsoft.Extensions.Logging;

namespace ClusterTrain.Actors.Logging;

/// <summary>Everything that the cluster's part of a node logs.</summary>
internal static partial class ActorsLog
{
    [LoggerMessage(101, LogLevel.Information, "{Node} ({Roles}) is in the cluster")]
    public static partial void Up(ILogger log, string node, string roles);

    [LoggerMessage(102, LogLevel.Warning, "{Node} is out of reach; if it stays so, it is put out of the cluster")]
    public static partial void Unreachable(ILogger log, string node);

    [LoggerMessage(103, LogLevel.Information, "{Node} can be reached again")]
    public static partial void Reachable(ILogger log, string node);

    [LoggerMessage(104, LogLevel.Warning, "{Node} was put out of the cluster")]
    public static partial void PutOut(ILogger log, string node);

    [LoggerMessage(105, LogLevel.Information, "{Node} has left the cluster")]
    public static partial void Gone(ILogger log, string node);

    [LoggerMessage(106, LogLevel.Warning, "This node leaves its cluster and asks the seeds again: {Why}")]
    public static partial void BeginsAnew(ILogger log, string why);

    [LoggerMessage(107, LogLevel.Warning, "This node was put out of the cluster: it asks the seeds again")]
    public static partial void WasPutOut(ILogger log);

    [LoggerMessage(108, LogLevel.Warning, "The cluster's port cannot be opened again yet: {Why}")]
    public static partial void PortIsTaken(ILogger log, string why);

    [LoggerMessage(109, LogLevel.Warning, "{Remote} does not know the cluster's secret, or has none, and is not spoken with at the cluster's port ({Count} such connections since the last time)")]
    public static partial void StrangerRefused(ILogger log, string remote, int count);

    [LoggerMessage(110, LogLevel.Information, "akka: {Source}: {Text}")]
    public static partial void AkkaSays(ILogger log, string source, string text);

    [LoggerMessage(111, LogLevel.Warning, "akka: {Source}: {Text}")]
    public static partial void AkkaWarns(ILogger log, string source, string text);

    [LoggerMessage(112, LogLevel.Error, "akka: {Source}: {Text}")]
    public static partial void AkkaFails(ILogger log, string source, string text);
}

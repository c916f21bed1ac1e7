using Akka.Actor.Setup;
using ClusterTrain.Cluster.Nodes;
using Microsoft.Extensions.Logging;

namespace ClusterTrain.Actors.Sealing;

/// <summary>Takes the cluster's secret to where Akka makes its transport, past its configuration, which may be logged.</summary>
internal sealed class SealSetup(ClusterSecret secret, ILogger log) : Setup
{
    public byte[] Key { get; } = secret.Key(FrameSeal.Purpose);

    public ILogger Log { get; } = log;
}

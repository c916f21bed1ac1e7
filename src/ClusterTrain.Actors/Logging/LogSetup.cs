using Akka.Actor.Setup;
using Microsoft.Extensions.Logging;

namespace ClusterTrain.Actors.Logging;

/// <summary>Takes the node's log to where Akka makes its logger.</summary>
internal sealed class LogSetup(ILogger log) : Setup
{
    public ILogger Log { get; } = log;
}

using ClusterTrain.Training.Server;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Stopping;

namespace ClusterTrain.Training.Engines;

/// <summary>How an engine's work ended.</summary>
/// <param name="End">Completed, Interrupted, Diverged or Disagreed.</param>
/// <param name="Model">The newest committed state.</param>
/// <param name="Result">The state handed over: the best one when that is tracked, else the newest.</param>
/// <param name="Stopping">What early stopping ended with.</param>
public sealed record RunOutcome(ServerEffect End, ModelState Model, ModelState Result, StoppingState Stopping)
{
    /// <summary>The most workers that there were at once.</summary>
    public int Workers { get; init; }

    /// <summary>Bytes of tensors that the server sent to workers of other processes.</summary>
    public long BytesSent { get; init; }

    /// <summary>Bytes of tensors that they brought.</summary>
    public long BytesReceived { get; init; }
}

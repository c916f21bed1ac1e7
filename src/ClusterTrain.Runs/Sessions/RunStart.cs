using ClusterTrain.Runs.Ledger;
using ClusterTrain.Runs.Results;
using ClusterTrain.Training.State;

namespace ClusterTrain.Runs.Sessions;

/// <summary>Where a session of a run begins.</summary>
/// <param name="State">The state to go on from.</param>
/// <param name="Seconds">Time that earlier sessions took.</param>
/// <param name="Ledger">Open at the state's version.</param>
/// <param name="Warnings">What had to be passed over to get here, a line each.</param>
public sealed record RunStart(RunState State, double Seconds, LedgerWriter Ledger, IReadOnlyList<string> Warnings)
{
    /// <summary>Workers that computed wrongly in earlier sessions.</summary>
    public IReadOnlyList<ConvictedWorker> Convicted { get; init; } = [];
}

using ClusterTrain.Runs.Safetensors;

namespace ClusterTrain.Runs.Checkpoints;

/// <summary>Everything needed to go on after a step.</summary>
/// <param name="Step">Last step that is contained, 0 or more.</param>
/// <param name="Tensors">Weights, optimizer, statistics; their order is kept.</param>
/// <param name="RunState">
/// What else the run needs, as text. Keys that begin with <c>clustertrain.</c> are reserved.
/// </param>
/// <param name="StateHash">See <see cref="StateHasher"/>.</param>
/// <param name="LedgerHead">SHA-256 of the ledger's line of this step.</param>
public sealed record CheckpointContent(
    long Step,
    IReadOnlyList<NamedTensor<float>> Tensors,
    IReadOnlyDictionary<string, string> RunState,
    string StateHash,
    string LedgerHead);

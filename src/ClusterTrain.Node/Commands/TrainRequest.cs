namespace ClusterTrain.Node.Commands;

/// <summary>What the user asks of <c>train</c>.</summary>
internal sealed record TrainRequest(
    string? Spec, IReadOnlyList<string> Sets, string? Data, int Workers, string Engine, string? Out, bool Resume, bool Json)
{
    /// <summary>The command that goes on with an interrupted run, where that is not the usual one.</summary>
    public string? GoOn { get; init; }
}

namespace ClusterTrain.Node.Commands;

/// <summary>What the user asks of <c>variance</c>.</summary>
internal sealed record VarianceRequest(
    string? Spec, bool Quick, IReadOnlyList<string> Sets, string? Data, int Workers, string Engine, string? Out, bool Resume);

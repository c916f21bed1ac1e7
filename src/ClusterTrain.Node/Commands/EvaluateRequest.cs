namespace ClusterTrain.Node.Commands;

/// <summary>What a user asked <c>evaluate</c> for.</summary>
internal sealed record EvaluateRequest(
    string Run, IReadOnlyList<string> Attacks, IReadOnlyList<string> Corruptions, bool Coadaptation, int Rows, double? FailUnder,
    string? Data, int Workers, bool Json);

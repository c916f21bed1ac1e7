namespace ClusterTrain.Runs.Evaluation;

/// <summary>One test of whether robust accuracies can be believed (Carlini et al. 2019).</summary>
public sealed record SanityCheck(string Name, bool Holds, string Detail);

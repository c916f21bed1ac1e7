namespace ClusterTrain.Numerics.Networks;

/// <summary>Settings of a batch normalization (Ioffe and Szegedy 2015).</summary>
/// <param name="Epsilon">Added to the variance, above 0.</param>
/// <param name="Momentum">Share of a step's statistics in the running ones, above 0 and up to 1.</param>
public sealed record Normalization(double Epsilon, double Momentum);

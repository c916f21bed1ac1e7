using ClusterTrain.Numerics.Products;

namespace ClusterTrain.Training.Arithmetic;

/// <summary>The backend that a run computes with.</summary>
/// <param name="Create">Makes the matrix products of one worker.</param>
/// <param name="Identity">What goes into the run's fingerprint.</param>
/// <param name="Explanation">What was picked and why, for the user; null where the spec left no choice.</param>
public sealed record MathSelection(Func<IMatrixProducts> Create, MathIdentity Identity, string? Explanation);

namespace ClusterTrain.Numerics.Products;

/// <summary>Which arithmetic made the bits: part of a run's fingerprint.</summary>
/// <param name="Name">Backend as named in specs: <c>managed</c>, <c>mkl</c>.</param>
/// <param name="Version">Changes whenever the bits of any product may change.</param>
/// <param name="IsBitPortable">Whether every machine gives the same bits.</param>
public sealed record MathIdentity(string Name, string Version, bool IsBitPortable)
{
    public override string ToString() => $"{Name} {Version}";
}

namespace ClusterTrain.Numerics.Products;

/// <summary>Which arithmetic made the bits: part of a run's fingerprint.</summary>
/// <param name="Name">Backend as named in specs: <c>managed</c>, <c>mkl</c>.</param>
/// <param name="Version">Changes whenever the bits of any product may change.</param>
/// <param name="IsBitPortable">Whether every machine gives the same bits.</param>
public sealed record MathIdentity(string Name, string Version, bool IsBitPortable)
{
    /// <summary>Of chains in ascending order with one rounding a step, which every processor computes alike.</summary>
    internal static MathIdentity Portable { get; } = new("managed", "1", IsBitPortable: true);

    public override string ToString() => $"{Name} {Version}";
}

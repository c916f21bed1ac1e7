using ClusterTrain.Numerics.Lanes;

namespace ClusterTrain.Numerics.Products;

/// <summary>Makes the backends of the matrix products.</summary>
public static class MathBackend
{
    /// <summary>Environment variable to force a width: <c>512</c>, <c>256</c>, <c>128</c> or <c>scalar</c>.</summary>
    public const string VectorVariable = "CLUSTERTRAIN_VECTOR";

    /// <summary>
    /// The backend in C#, whose bits are the same on every machine. The width changes its speed only: the one given,
    /// else the one named by <see cref="VectorVariable"/>, else the processor's best.
    /// </summary>
    /// <exception cref="FormatException">The variable names no width.</exception>
    /// <exception cref="PlatformNotSupportedException">This processor lacks the width asked for.</exception>
    public static IMatrixProducts Managed(VectorWidth? width = null) =>
        new ManagedProducts(width ?? FromEnvironment(Environment.GetEnvironmentVariable(VectorVariable)));

    internal static VectorWidth FromEnvironment(string? value) =>
        string.IsNullOrWhiteSpace(value) ? VectorWidths.Best : VectorWidths.Parse(value);
}

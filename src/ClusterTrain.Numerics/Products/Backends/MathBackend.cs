using ClusterTrain.Numerics.Lanes;
using ClusterTrain.Numerics.Products.Managed;
using ClusterTrain.Numerics.Products.Mkl;

namespace ClusterTrain.Numerics.Products.Backends;

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

    /// <summary>
    /// Intel's MKL on one thread, in its most reproducible branch. Its bits are the same for one version, branch and kind
    /// of processor, which the identity names; not on every machine.
    /// </summary>
    /// <param name="variable">Reads an environment variable; without it, the process's own are read.</param>
    /// <exception cref="MklMissingException">It is not here; the message says how to get it.</exception>
    public static IMatrixProducts Mkl(Func<string, string?>? variable = null) =>
        new MklProducts(NativeGemm.Load(variable ?? Environment.GetEnvironmentVariable));

    internal static VectorWidth FromEnvironment(string? value) =>
        string.IsNullOrWhiteSpace(value) ? VectorWidths.Best : VectorWidths.Parse(value);
}

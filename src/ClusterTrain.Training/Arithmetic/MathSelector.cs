using System.Globalization;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Backends;
using ClusterTrain.Numerics.Products.Mkl;
using ClusterTrain.Training.Benchmarks;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Training.Arithmetic;

/// <summary>From the spec's <c>math</c> to a backend of this machine.</summary>
/// <param name="managed">Makes the products in C#.</param>
/// <param name="mkl">Makes those of MKL, or throws <see cref="MklMissingException"/>.</param>
/// <param name="flopsPerSecond">Measures some.</param>
public sealed class MathSelector(
    Func<IMatrixProducts> managed, Func<IMatrixProducts> mkl, Func<IMatrixProducts, double> flopsPerSecond)
{
    private const string Mkl = "mkl";

    /// <param name="time">For <c>auto</c>, which takes about half a second.</param>
    /// <param name="variable">Reads an environment variable: where MKL is.</param>
    public static MathSelector Of(TimeProvider time, Func<string, string?> variable) => new(
        () => MathBackend.Managed(), () => MathBackend.Mkl(variable),
        products => ProductSpeed.Measure(products, new Sampler(time, samples: 5, sampleSeconds: 0.03, windows: 0)));

    /// <param name="choice">What the spec says.</param>
    /// <param name="recorded">With what an earlier session of the run was computed: <c>auto</c> stays with it.</param>
    /// <exception cref="MklMissingException">MKL is needed and not here.</exception>
    public MathSelection Select(MathChoice choice, MathIdentity? recorded = null) => choice switch
    {
        MathChoice.Managed => Selection(managed, null),
        MathChoice.Mkl => Selection(mkl, null),
        _ when recorded is not null => Selection(
            recorded.Name == Mkl ? mkl : managed, $"math: auto stays with {recorded.Name}, which the run was started with"),
        _ => Measured(),
    };

    private static MathSelection Selection(Func<IMatrixProducts> create, string? explanation) =>
        new(create, create().Identity, explanation);

    private MathSelection Measured()
    {
        IMatrixProducts native;
        try
        {
            native = mkl();
        }
        catch (MklMissingException)
        {
            return Picked(managed, "MKL is not on this machine");
        }

        var (ours, theirs) = (flopsPerSecond(managed()), flopsPerSecond(native));
        var figures = string.Create(
            CultureInfo.InvariantCulture, $"{ProductSpeed.Name}: managed {ours / 1e9:F0} GFLOP/s, mkl {theirs / 1e9:F0} GFLOP/s");
        return Picked(ours >= theirs ? managed : mkl, figures);
    }

    private static MathSelection Picked(Func<IMatrixProducts> create, string why)
    {
        var identity = create().Identity;
        return new MathSelection(
            create, identity, $"math: auto picked {identity.Name} ({why}). The state hash now depends on this choice.");
    }
}

using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Mkl;
using ClusterTrain.Training.Arithmetic;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Training.Tests.Arithmetic;

public sealed class MathSelectorTests
{
    [Theory]
    [InlineData(MathChoice.Managed, "managed")]
    [InlineData(MathChoice.Mkl, "mkl")]
    public void Select_Named_IsThatOneWithoutMeasuring(MathChoice choice, string name)
    {
        var selection = Selector(_ => throw new InvalidOperationException("measured")).Select(choice);

        Assert.Equal(name, selection.Identity.Name);
        Assert.Equal(selection.Identity, selection.Create().Identity);
        Assert.Null(selection.Explanation);
    }

    [Theory]
    [InlineData(200e9, 100e9, "managed")]
    [InlineData(100e9, 200e9, "mkl")]
    [InlineData(100e9, 100e9, "managed")]
    public void Select_Auto_TakesTheFasterAndSaysWhy(double managed, double mkl, string picked)
    {
        var selection = Selector(products => products.Identity.Name == "mkl" ? mkl : managed).Select(MathChoice.Auto);

        Assert.Equal(picked, selection.Identity.Name);
        Assert.Equal(
            $"math: auto picked {picked} (gemm 128x512x512: managed {managed / 1e9} GFLOP/s, mkl {mkl / 1e9} GFLOP/s). "
            + "The state hash now depends on this choice.",
            selection.Explanation);
    }

    [Fact]
    public void Select_AutoWithoutMkl_IsManagedAndSaysWhy()
    {
        var selection = WithoutMkl().Select(MathChoice.Auto);

        Assert.Equal("managed", selection.Identity.Name);
        Assert.Contains("MKL is not on this machine", selection.Explanation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("managed")]
    [InlineData("mkl")]
    public void Select_AutoOfARunThatWasStarted_StaysWithItsBackend(string name)
    {
        // Now the other one would be faster.
        var selection = Selector(products => products.Identity.Name == name ? 1 : 2)
            .Select(MathChoice.Auto, new MathIdentity(name, "old", IsBitPortable: false));

        Assert.Equal(name, selection.Identity.Name);
        Assert.Contains($"stays with {name}", selection.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void Select_MklWithoutMkl_IsRefused()
    {
        Assert.Throws<MklMissingException>(() => WithoutMkl().Select(MathChoice.Mkl));
        Assert.Throws<MklMissingException>(() => WithoutMkl().Select(MathChoice.Auto, new MathIdentity("mkl", "1", IsBitPortable: false)));
    }

    private static MathSelector WithoutMkl() => MathSelector.Of(
        TimeProvider.System, name => name == "CLUSTERTRAIN_MKL" ? "/nowhere/libmkl_rt.so" : null);

    private static MathSelector Selector(Func<IMatrixProducts, double> measure) =>
        new(() => new NamedProducts("managed", "1"), () => new NamedProducts("mkl", "2"), measure);
}

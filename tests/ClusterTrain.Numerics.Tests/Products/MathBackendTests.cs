using ClusterTrain.Numerics.Lanes;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Backends;
using ClusterTrain.Numerics.Products.Managed;

namespace ClusterTrain.Numerics.Tests.Products;

public sealed class MathBackendTests
{
    [Theory]
    [InlineData("512", VectorWidth.Bits512)]
    [InlineData("256", VectorWidth.Bits256)]
    [InlineData(" 128 ", VectorWidth.Bits128)]
    [InlineData("Scalar", VectorWidth.Scalar)]
    public void FromEnvironment_KnownName_IsThatWidth(string value, VectorWidth width) =>
        Assert.Equal(width, MathBackend.FromEnvironment(value));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void FromEnvironment_Nothing_IsTheBest(string? value) =>
        Assert.Equal(VectorWidths.Best, MathBackend.FromEnvironment(value));

    [Fact]
    public void FromEnvironment_UnknownName_NamesTheAllowedOnes()
    {
        var error = Assert.Throws<FormatException>(() => MathBackend.FromEnvironment("1024"));

        Assert.Contains("512, 256, 128, scalar", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Managed_AnyWidth_SameIdentity()
    {
        foreach (var width in VectorWidths.Supported)
        {
            var products = MathBackend.Managed(width);
            Assert.Equal(width, Assert.IsType<ManagedProducts>(products).Width);
            Assert.Equal(new MathIdentity("managed", "1", IsBitPortable: true), products.Identity);
        }
    }
}

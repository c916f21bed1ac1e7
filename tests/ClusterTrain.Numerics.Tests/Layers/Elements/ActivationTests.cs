using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Tests.Reference;

namespace ClusterTrain.Numerics.Tests.Layers.Elements;

/// <summary>What every activation in the catalogue promises.</summary>
public sealed class ActivationTests
{
    public static TheoryData<string> Names =>
        [.. LayerCatalogue.All.BuiltIn.Where(kind => kind.Type.IsSubclassOf(typeof(ActivationLayer))).Select(kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Forward_ManyValues_IsTheDefinition(string name)
    {
        var (activation, z) = (Of(name), Values());
        var a = z.ToArray();
        activation.Forward(a);

        for (var i = 0; i < z.Length; i++) Assert.Equal(activation.Value(z[i]), a[i], 1e-6 * Math.Max(1, Math.Abs(z[i])));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Backward_ManyValues_IsTheDerivative(string name)
    {
        var (activation, z) = (Of(name), Values());
        var (a, da) = (z.ToArray(), Sample.Values(new Random(933), z.Length, -1, 1));
        activation.Forward(a);
        var dz = da.ToArray();
        activation.Backward(activation.NeedsInput ? z : [], a, dz);

        for (var i = 0; i < z.Length; i++) Assert.Equal(da[i] * activation.Derivative(z[i]), dz[i], 2e-6);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Derivative_ManyValues_IsTheSlopeOfTheDefinition(string name)
    {
        var activation = Of(name);
        const double Step = 1e-6;
        foreach (var z in Values())
        {
            var slope = (activation.Value(z + Step) - activation.Value(z - Step)) / (2 * Step);
            Assert.Equal(slope, activation.Derivative(z), 1e-6);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Traits_ManyValues_AreTrue(string name)
    {
        var (activation, sorted) = (Of(name), Values().Order().ToArray());
        var rises = sorted.Zip(sorted.Skip(1)).All(pair => activation.Value(pair.First) <= activation.Value(pair.Second));
        var scales = sorted.All(z => Math.Abs(activation.Value(3.0 * z) - (3 * activation.Value(z))) < 1e-9);

        Assert.Equal((activation.IsMonotone, activation.IsHomogeneous), (rises, scales));
    }

    [Theory]
    [InlineData("relu", -1, 0)]
    [InlineData("relu", 2, 2)]
    [InlineData("leakyRelu", -3, -0.03)]
    [InlineData("tanh", 0.5, 0.46211715726)]
    [InlineData("sigmoid", -2, 0.11920292202)]
    public void Value_KnownPoints_AreThose(string name, double z, double a) => Assert.Equal(a, Of(name).Value(z), 1e-10);

    private static ActivationLayer Of(string name) => (ActivationLayer)LayerCatalogue.All.Get(name).Create();

    // Dense around 0, where most functions bend, and far out; none at 0 itself, where some have a corner.
    private static float[] Values() =>
        [.. Enumerable.Range(1, 400).SelectMany(i => new[] { i * 0.01f, i * -0.01f }), 9.5f, -9.5f, 20.5f, -20.5f];
}

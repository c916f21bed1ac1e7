using ClusterTrain.Numerics.Lanes;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Managed;
using ClusterTrain.Numerics.Tests.Reference;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Numerics.Tests.Replicas;

/// <summary>The promise that a replica's bits depend on no vector width and on no tiling.</summary>
public sealed class ReplicaBitsTests
{
    public static TheoryData<VectorWidth> Widths => [.. VectorWidths.Supported];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Run_ThinnedReplica_SameBitsAsWithNaiveProducts(VectorWidth width)
    {
        var random = new Random(601);
        for (var i = 0; i < 40; i++)
        {
            var sample = Sample.Draw(random);
            var mask = new ReplicaMask(sample.Network).Draw(1, i, 0);
            AssertSameBits(sample, mask, null, width);
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Run_ThinnedConvolutions_SameBitsAsWithNaiveProducts(VectorWidth width)
    {
        var random = new Random(607);
        for (var i = 0; i < 40; i++)
        {
            var sample = Sample.DrawCnn(random);
            AssertSameBits(sample, new ReplicaMask(sample.Network).Draw(1, i, 0), null, width);
            var masks = new ExampleMasks(sample.Network, sample.Batch);
            masks.Draw(sample.Network, 1, i, 0, sample.Batch);
            AssertSameBits(sample, new ReplicaMask(sample.Network).Fill(), masks, width);
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Run_MasksOfExamples_SameBitsAsWithNaiveProducts(VectorWidth width)
    {
        var random = new Random(603);
        for (var i = 0; i < 20; i++)
        {
            var sample = Sample.Draw(random);
            var masks = new ExampleMasks(sample.Network, sample.Batch);
            masks.Draw(sample.Network, 1, i, 0, sample.Batch);
            AssertSameBits(sample, new ReplicaMask(sample.Network).Fill(), masks, width);
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Run_RealisticSizes_SameBitsAsWithNaiveProducts(VectorWidth width)
    {
        var sample = new Sample(new Random(605), Sample.Mlp([(150, 0.2), (128, 0.5), (64, 0.3)], 10), 9);
        AssertSameBits(sample, new ReplicaMask(sample.Network).Draw(1, 2, 3), null, width);
        AssertSameBits(sample, new ReplicaMask(sample.Network).Fill(), null, width);
    }

    [Fact]
    public void Run_ReluBackwardOnTheStoreOrAsAPass_SameBits()
    {
        var random = new Random(609);
        for (var i = 0; i < 20; i++)
        {
            var sizes = Enumerable.Range(0, 4).Select(_ => 2 + random.Next(70)).ToArray();
            var sample = new Sample(random, Sample.Mlp([.. sizes.Select(size => (size, 0.4))], 10), 9);
            var mask = new ReplicaMask(sample.Network).Draw(1, i, 0);
            var rows = Masks.Cut(mask.Inputs, sample.Rows, sample.Batch);
            // Masks of a network without dropout change nothing, but might: the stages then take a pass of their own.
            var nothing = new ExampleMasks(Sample.Mlp([.. sizes.Select(size => (size, 0.0))], 10), sample.Batch);
            var expected = sample.Run(sample.Bind(new ManagedProducts(), mask, nothing), mask, rows, 0.1f);
            var actual = sample.Run(sample.Bind(new ManagedProducts(), mask), mask, rows, 0.1f);

            Bits.AssertEqual(expected.Gradient, actual.Gradient, "gradient");
            Bits.AssertEqual(expected.InputGradient, actual.InputGradient, "input gradient");
        }
    }

    private static void AssertSameBits(Sample sample, ReplicaMask mask, ExampleMasks? masks, VectorWidth width)
    {
        var rows = Masks.Cut(mask.Inputs, sample.Rows, sample.Batch);
        var expected = sample.Run(sample.Bind(new NaiveProducts(), mask, masks), mask, rows, 0.1f);
        var actual = sample.Run(sample.Bind(new ManagedProducts(width), mask, masks), mask, rows, 0.1f);

        Bits.AssertEqual(expected.Logits, actual.Logits, "logits");
        Bits.AssertEqual(expected.Losses, actual.Losses, "losses");
        Bits.AssertEqual(expected.Gradient, actual.Gradient, "gradient");
        Bits.AssertEqual(expected.InputGradient, actual.InputGradient, "input gradient");
    }
}

using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Managed;
using ClusterTrain.Numerics.Tests.Reference;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Numerics.Tests.Thinning;

public sealed class ExampleMasksTests
{
    private static readonly Network Mlp = Sample.Mlp([(50, 0.2), (40, 0.5), (30, 0)], 10);

    [Fact]
    public void Run_RandomNetworks_EqualsTheMaskedDenseNetwork()
    {
        var random = new Random(301);
        for (var i = 0; i < 40; i++)
        {
            var sample = Sample.Draw(random);
            var masks = new ExampleMasks(sample.Network, sample.Batch + 3);
            masks.Draw(sample.Network, 1, i, 0, sample.Batch);
            var mask = new ReplicaMask(sample.Network).Fill();
            var run = sample.Run(sample.Bind(new ManagedProducts(), mask, masks), mask, sample.Rows, 0.1f);

            var factors = Masks.Factors(masks, sample.Network, sample.Batch);
            var rows = Masks.ToDouble(sample.Rows);
            var training = sample.Naive.Run(rows, sample.Labels, factors, 0.1f, 1.0 / sample.Batch);
            var attack = sample.Naive.Run(rows, sample.Labels, factors);
            Close.AssertEqual(training.Logits, run.Logits, 1e-5, $"logits of network {i}");
            Close.AssertEqual(training.Losses, run.Losses, 1e-5, $"losses of network {i}");
            Close.AssertEqual(training.Gradient, run.Gradient, 1e-5, $"gradient of network {i}");
            Close.AssertEqual(attack.InputGradient, run.InputGradient, 1e-5, $"inputs of network {i}");
        }
    }

    [Fact]
    public void Draw_ManyRows_DropsEachUnitAtItsRate()
    {
        const int Rows = 500;
        var masks = new ExampleMasks(Mlp, Rows);
        masks.Draw(Mlp, 1, 2, 3, Rows);
        var factors = Masks.Factors(masks, Mlp, Rows);
        foreach (var site in Mlp.Sites)
        {
            var values = factors[site.Index]!;
            Assert.All(values, factor => Assert.True(factor == 0 || factor == site.Scale));
            var n = (double)values.Length;
            var spread = 4 * Math.Sqrt(n * site.Rate * (1 - site.Rate));
            Assert.InRange(values.Count(factor => factor == 0), (n * site.Rate) - spread, (n * site.Rate) + spread);
        }
    }

    [Fact]
    public void Draw_Rows_HaveMasksOfTheirOwn()
    {
        var masks = new ExampleMasks(Mlp, 8);
        masks.Draw(Mlp, 1, 2, 3, 8);
        var rows = Masks.Factors(masks, Mlp, 8)[1]!.Chunk(40).Select(row => string.Join(' ', row));

        Assert.Equal(8, rows.Distinct().Count());
    }

    [Fact]
    public void Draw_SameKey_IsTheSameMask_OtherKeysAnother()
    {
        string Drawn(long seed, long step, int shard)
        {
            var masks = new ExampleMasks(Mlp, 4);
            masks.Draw(Mlp, 77, 77, 77, 4);
            masks.Draw(Mlp, seed, step, shard, 4);
            return string.Join(' ', Masks.Factors(masks, Mlp, 4).SelectMany(factors => factors!));
        }

        Assert.Equal(Drawn(1, 2, 3), Drawn(1, 2, 3));
        Assert.Equal(4, new[] { Drawn(1, 2, 3), Drawn(2, 2, 3), Drawn(1, 3, 3), Drawn(1, 2, 4) }.Distinct().Count());
    }
}

using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Layers.Pooling;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Managed;
using ClusterTrain.Numerics.Tests.Reference;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Numerics.Tests.Replicas;

/// <summary>Random stacks of every layer against the definition in double precision.</summary>
public sealed class StackTests
{
    private const int Networks = 200;

    // Half a unit in the last place a term, over chains of a thousand products that cancel.
    private const double Rounding = 3e-5;

    // Normalization divides by deviations down to the root of its epsilon, 0.03 here, and so multiplies rounding by up to 30.
    private const double RoundingOfNormalized = 3e-4;

    // The bias before a normalization has no gradient: terms cancel but for their rounding, multiplied as above.
    private const double Cancelled = 5e-5;

    [Fact]
    public void Run_RandomStacksAndMasks_EqualsTheMaskedDenseNetwork()
    {
        var random = new Random(401);
        var seen = new Dictionary<string, int>();
        for (var i = 0; i < Networks; i++)
        {
            var sample = Sample.DrawStack(random);
            Count(seen, sample.Network);
            AssertEquals(sample, new ReplicaMask(sample.Network).Draw(1, i, 0), null, $"network {i}");
        }

        Assert.All(seen, pair => Assert.True(pair.Value > 15, $"only {pair.Value} networks have {pair.Key}"));
        Assert.Equal(6 + 4, seen.Count);
    }

    [Fact]
    public void Run_RandomStacksAndMasksOfEachExample_EqualsTheMaskedDenseNetwork()
    {
        var random = new Random(403);
        for (var i = 0; i < 60; i++)
        {
            var sample = Sample.DrawStack(random);
            var masks = new ExampleMasks(sample.Network, sample.Batch);
            masks.Draw(sample.Network, 5, i, 0, sample.Batch);
            AssertEquals(sample, new ReplicaMask(sample.Network).FillForTraining(), masks, $"network {i}");
        }
    }

    [Fact]
    public void Run_RandomStacksAtInference_EqualsTheWholeNetwork()
    {
        var random = new Random(405);
        for (var i = 0; i < 60; i++)
        {
            var sample = Sample.DrawStack(random);
            AssertEquals(sample, new ReplicaMask(sample.Network).Fill(), null, $"network {i}");
        }
    }

    [Fact]
    public void Forward_AtInference_IsTheSameForARowAloneAndInABatch()
    {
        var random = new Random(407);
        for (var i = 0; i < 40; i++)
        {
            var sample = Sample.DrawStack(random);
            var (replica, inputs, classes) = (sample.Full(), sample.Network.Inputs, sample.Network.Outputs);
            var together = replica.Forward(sample.Rows, sample.Batch).ToArray();
            for (var row = 0; row < sample.Batch; row++)
            {
                Bits.AssertEqual(
                    together.AsSpan(row * classes, classes).ToArray(),
                    replica.Forward(sample.Rows.AsSpan(row * inputs, inputs), 1).ToArray(), $"row {row} of network {i}");
            }

            Bits.AssertEqual(together, replica.Forward(sample.Rows, sample.Batch).ToArray(), $"network {i}, twice");
        }
    }

    private static void AssertEquals(Sample sample, ReplicaMask mask, ExampleMasks? masks, string what)
    {
        var factors = masks is null
            ? Masks.Factors(mask, sample.Batch) : Masks.Factors(masks, sample.Network, sample.Batch);
        var rows = Masks.ToDouble(sample.Rows);
        var training = sample.Naive.Run(rows, sample.Labels, factors, 0.1f, 1.0 / sample.Batch);
        var inference = sample.Naive.Run(rows, sample.Labels, factors, isTraining: false);
        var run = sample.Run(
            sample.Bind(new ManagedProducts(), mask, masks), mask, Masks.Cut(mask.Inputs, sample.Rows, sample.Batch), 0.1f);

        var allowed = sample.Network.HasNormalization ? RoundingOfNormalized : Rounding;
        Close.AssertEqual(inference.Logits, run.Logits, allowed, $"logits of {what}");
        Close.AssertEqual(training.Losses, run.Losses, allowed, $"losses of {what}");
        Close.AssertEqual(
            inference.InputGradient, Masks.Widen(mask.Inputs, run.InputGradient, sample.Batch), allowed, $"inputs of {what}",
            Cancelled);
        var wide = Masks.Scatter(mask, run.Gradient);
        foreach (var isStatistic in new[] { false, true })
        {
            // Each kind by its own size.
            var places = Places(sample.Network, isStatistic);
            Close.AssertEqual(
                [.. places.Select(place => training.Gradient[place])], [.. places.Select(place => wide[place])], allowed,
                $"{(isStatistic ? "statistics" : "gradient")} of {what}", Cancelled);
        }
    }

    private static int[] Places(Network network, bool isStatistic) =>
        [.. network.Tensors.Where(tensor => tensor.IsStatistic == isStatistic)
            .SelectMany(tensor => Enumerable.Range(tensor.Offset, tensor.Length))];

    private static void Count(Dictionary<string, int> seen, Network network)
    {
        var elements = network.Stages.OfType<ElementStage>().ToList();
        List<(string Name, bool Has)> traits =
        [
            ("normalized maps", elements.Any(stage => stage is { Normalization: not null, Input.Area: > 1 })),
            ("normalized features", elements.Any(stage => stage is { Normalization: not null, Input.Area: 1 })),
            ("pooling behind normalization", elements.Any(stage => stage is { Normalization: not null, Pool: not null })),
            ("classic dropout", network.Sites.Any(site => site is { Rate: > 0, IsClassic: true })),
            ("dropout behind normalization", elements.Any(stage => stage is { Normalization: not null, Output.Rate: > 0 })),
            ("pooling as a stage", network.Stages.Any(stage => stage is PoolStage)),
            .. LayerCatalogue.All.All.Where(kind => kind.Type.IsSubclassOf(typeof(ActivationLayer)))
                .Select(kind => ($"{kind.Name} as a stage", elements.Any(stage => stage.Activation?.GetType() == kind.Type))),
        ];
        foreach (var (name, has) in traits) seen[name] = seen.GetValueOrDefault(name) + (has ? 1 : 0);
    }
}

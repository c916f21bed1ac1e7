using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Managed;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Numerics.Tests.Reference;

/// <summary>A replica against the definition of its network in double precision.</summary>
internal static class Definition
{
    // Half a unit in the last place a term, over chains of a thousand products that cancel.
    private const double Rounding = 3e-5;

    // Normalization divides by deviations down to the root of its epsilon, 0.03 here, and so multiplies rounding by up to 30.
    private const double RoundingOfNormalized = 3e-4;

    // The bias before a normalization has no gradient: terms cancel but for their rounding, multiplied as above.
    private const double Cancelled = 5e-5;

    public static void AssertEquals(Sample sample, ReplicaMask mask, ExampleMasks? masks, string what)
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
}

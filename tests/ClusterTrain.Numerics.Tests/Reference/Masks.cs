using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Numerics.Tests.Reference;

/// <summary>Between cut-out tensors and the dense ones that the definition works on.</summary>
internal static class Masks
{
    public static double[]?[] None(Network network) => new double[]?[network.Sites.Length];

    /// <summary>For each site [batch, units * area]: the scale where a unit is kept, 0 where it is dropped.</summary>
    public static double[]?[] Factors(ReplicaMask mask, int batch) =>
        [.. mask.Network.Sites.Select(site => Factors(mask[site], site, batch))];

    public static double[]?[] Factors(ExampleMasks masks, Network network, int batch) =>
    [
        .. network.Sites.Select(site =>
        {
            var ones = new float[batch * site.Features];
            Array.Fill(ones, 1f);
            masks.Apply(site, ones);
            return ToDouble(ones);
        }),
    ];

    /// <summary>The kept columns of rows [batch, inputs].</summary>
    public static float[] Cut(KeptUnits kept, float[] rows, int batch)
    {
        var cut = new List<float>();
        for (var row = 0; row < batch; row++)
        {
            foreach (var i in Features(kept))
                cut.Add(rows[(row * kept.Site.Features) + i]);
        }

        return [.. cut];
    }

    /// <summary>Rows [batch, kept] at full width, 0 where a unit was dropped.</summary>
    public static float[] Widen(KeptUnits kept, float[] rows, int batch)
    {
        var wide = new float[batch * kept.Site.Features];
        var features = Features(kept);
        for (var row = 0; row < batch; row++)
        {
            for (var i = 0; i < features.Length; i++)
                wide[(row * kept.Site.Features) + features[i]] = rows[(row * features.Length) + i];
        }

        return wide;
    }

    /// <summary>A cut-out gradient at the places of the full network's parameters, 0 for what was cut.</summary>
    public static float[] Scatter(ReplicaMask mask, float[] gradient)
    {
        var dense = new float[mask.Network.ParameterCount];
        var next = 0;
        foreach (var stage in mask.Network.Stages)
        {
            foreach (var output in mask.Rows(stage).Indices)
            {
                foreach (var input in mask[stage.Input].Indices)
                {
                    for (var i = 0; i < stage.ColumnGroup; i++)
                        dense[stage.Weight.Offset + (output * stage.Weight.Columns) + (input * stage.ColumnGroup) + i] = gradient[next++];
                }
            }

            if (!stage.HasBias)
                continue;
            foreach (var output in mask[stage.Output].Indices)
                dense[stage.Bias.Offset + output] = gradient[next++];
        }

        Assert.Equal(mask.ParameterCount, next);
        return dense;
    }

    public static double[] ToDouble(float[] values) => [.. values.Select(value => (double)value)];

    private static double[] Factors(KeptUnits kept, UnitSite site, int batch)
    {
        var factors = new double[batch * site.Features];
        for (var row = 0; row < batch; row++)
        {
            foreach (var i in Features(kept))
                factors[(row * site.Features) + i] = kept.Scale;
        }

        return factors;
    }

    /// <summary>Where the floats of the kept units lie in a full row.</summary>
    private static int[] Features(KeptUnits kept) =>
        [.. kept.Indices.ToArray().SelectMany(unit => Enumerable.Range(unit * kept.Site.Area, kept.Site.Area))];
}

using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Numerics.Tests.Reference;

/// <summary>Between cut-out tensors and the dense ones that the definition works on.</summary>
internal static class Masks
{
    public static double[]?[] None(Network network) => new double[]?[network.Sites.Count];

    /// <summary>For each site [batch, units]: the scale where a unit is kept, 0 where it is dropped.</summary>
    public static double[]?[] Factors(ReplicaMask mask, int batch) =>
        [.. mask.Network.Sites.Select(site => Factors(mask[site], site, batch))];

    public static double[]?[] Factors(ExampleMasks masks, Network network, int batch) =>
    [
        .. network.Sites.Select(site =>
        {
            var ones = new float[batch * site.Units];
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
            foreach (var unit in kept.Indices)
                cut.Add(rows[(row * kept.Site.Units) + unit]);
        }

        return [.. cut];
    }

    /// <summary>Rows [batch, kept] at full width, 0 where a unit was dropped.</summary>
    public static float[] Widen(KeptUnits kept, float[] rows, int batch)
    {
        var wide = new float[batch * kept.Site.Units];
        for (var row = 0; row < batch; row++)
        {
            for (var i = 0; i < kept.Count; i++)
                wide[(row * kept.Site.Units) + kept.Indices[i]] = rows[(row * kept.Count) + i];
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
            foreach (var output in mask[stage.Output].Indices)
            {
                foreach (var input in mask[stage.Input].Indices)
                    dense[stage.Weight.Offset + (output * stage.Weight.Columns) + input] = gradient[next++];
            }

            foreach (var output in mask[stage.Output].Indices)
                dense[stage.Bias.Offset + output] = gradient[next++];
        }

        Assert.Equal(mask.ParameterCount, next);
        return dense;
    }

    public static double[] ToDouble(float[] values) => [.. values.Select(value => (double)value)];

    private static double[] Factors(KeptUnits kept, UnitSite site, int batch)
    {
        var factors = new double[batch * site.Units];
        for (var row = 0; row < batch; row++)
        {
            foreach (var unit in kept.Indices)
                factors[(row * site.Units) + unit] = kept.Scale;
        }

        return factors;
    }
}

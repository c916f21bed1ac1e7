using ClusterTrain.Numerics.Networks;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Footprint;

/// <summary>What of a network is too large for one block of memory, of which it can have any number.</summary>
public static class SizeRules
{
    // The largest number of floats in one block.
    private const long MostFloats = 2_147_483_591 - (4 << 20);

    /// <param name="spec">A spec whose layers can stand where they do.</param>
    /// <param name="input">Shape of one example.</param>
    public static IEnumerable<SpecProblem> Of(RunSpec spec, MapShape input)
    {
        var places = LayerWalk.Over(input, spec.Network.Layers).SelectMany(place => place.All).ToList();
        if (places.Any(place => place.Problem is not null || place.Weights > MostFloats)) yield break;
        if (places.Sum(place => place.Weights) is var weights && weights > MostFloats)
            yield return SpecProblem.Error("network.layers", $"the layers have {weights} weights; at most {MostFloats} fit a network");
        var rows = Math.Max((spec.Adversarial.NeedsBothVersions ? 2 : 1) * (spec.Batch.Size / spec.Batch.Shards), EvaluationChunk.MaxRows);
        foreach (var place in places.Where(place => rows * Floats(place.Output) > MostFloats).Take(1))
        {
            yield return SpecProblem.Error(
                LayerSchema.PathOf(place.Path),
                $"makes {place.Output} of each of {rows} rows, {rows * Floats(place.Output)} numbers; at most {MostFloats} fit: "
                + "fewer channels or units, or smaller maps");
        }
    }

    private static long Floats(MapShape shape) => (long)shape.Channels * shape.Height * shape.Width;
}

using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Training.Specs.Rules;

/// <summary>Which layers may follow which, and how strong dropout may be.</summary>
internal static class NetworkRules
{
    private const string Layers = "network.layers";
    private const string Types = "network.layers[].type";
    private const string Rates = "network.layers[].rate";
    private const int FewShards = 4;

    public static readonly IReadOnlyList<SpecRule> All =
    [
        SpecRule.Of(
            "The last layer is dense: it gives one score a class, and dropping one would drop a class", [Types], LastIsDense),
        SpecRule.Of(
            "The first layer is no relu: relu on the input does nothing, since inputs are 0 to 1", [Types], FirstIsNoRelu),
        SpecRule.Of(
            "conv2d comes before flatten and dense; batchNorm directly follows dense or conv2d; maxPool follows conv2d, its batchNorm or "
            + "its activation, once; flatten stands between maps and dense, with dropout of channels before it; dropConnect stands "
            + "directly before a dense layer",
            [Types],
            MapsBeforeFeatures),
        new("No dropout directly follows another: one rate says it", [Types], spec => InARow<LayerDefinition.Dropout>(
            spec, path => SpecProblem.Error(path, "dropout follows dropout; keep one, with keep rates multiplied"))),
        new("A relu directly after a relu (warning): the second does nothing", [Types], spec => InARow<LayerDefinition.Relu>(
            spec, path => SpecProblem.Warning(path, "relu follows relu and does nothing"))),
        new(
            "A dropout rate outside its usual range, 0.2 to 0.5 between layers and 0.2 to 0.25 on the input (warning; 0 is off)",
            [Types, Rates],
            UsualRates),
        SpecRule.Of(
            "Fewer than 4 shards with dropout (warning): one mask for many rows is rough, and training can collapse",
            [Types, Rates, "batch.shards"],
            EnoughMasks),
    ];

    private static SpecProblem? LastIsDense(RunSpec spec)
    {
        var layers = spec.Network.Layers;
        if (layers.Count == 0)
            return SpecProblem.Error(Layers, "there are no layers; the last one is dense, with one unit a class");
        return layers[^1] is LayerDefinition.Dense
            ? null
            : SpecProblem.Error(Item(layers.Count - 1), $"the last layer is dense, with one unit a class; {Name(layers[^1])} is given");
    }

    private static SpecProblem? FirstIsNoRelu(RunSpec spec) =>
        spec.Network.Layers is [LayerDefinition.Relu, ..]
            ? SpecProblem.Error(Item(0), "the first layer is dense, conv2d or dropout; relu does nothing to inputs, which are 0 to 1")
            : null;

    // Sizes are judged against the data; any that are large enough show the order.
    private static SpecProblem? MapsBeforeFeatures(RunSpec spec)
    {
        var layers = spec.Network.Layers;
        var places = LayerWalk.Over(new MapShape(1, 1 << 12, 1 << 12), layers);
        if (places is not [.., { Problem: { } problem, IsTooLarge: false } last])
            return null;
        var isOfMaps = last.Layer is not LayerDefinition.Relu
            && (last.Layer is not LayerDefinition.Dropout || layers[places.Count - 2] is not LayerDefinition.Dropout);
        return isOfMaps ? SpecProblem.Error(Item(places.Count - 1), problem) : null;
    }

    private static IEnumerable<SpecProblem> InARow<T>(RunSpec spec, Func<string, SpecProblem> problem)
        where T : LayerDefinition =>
        Enumerable.Range(1, Math.Max(0, spec.Network.Layers.Count - 1))
            .Where(i => spec.Network.Layers[i] is T && spec.Network.Layers[i - 1] is T)
            .Select(i => problem(Item(i)));

    private static IEnumerable<SpecProblem> UsualRates(RunSpec spec)
    {
        for (var i = 0; i < spec.Network.Layers.Count; i++)
        {
            if (spec.Network.Layers[i] is not LayerDefinition.Dropout { Rate: var rate })
                continue;
            var (largest, where) = i == 0 ? (0.25, "on the input") : (0.5, "between layers");
            if (rate != 0 && (rate < 0.2 || rate > largest))
            {
                yield return SpecProblem.Warning(
                    Item(i) + ".rate",
                    $"{SpecScalar.Write(rate)} is unusual {where}; usual: 0.2 to {SpecScalar.Write(largest)}");
            }
        }
    }

    private static SpecProblem? EnoughMasks(RunSpec spec) =>
        spec.Batch.Shards < FewShards && spec.Network.Layers.Any(layer => layer is LayerDefinition.Dropout { Rate: > 0 })
            ? SpecProblem.Warning(
                "batch.shards",
                $"each shard has one dropout mask, and fewer than {FewShards} masks a step are rough: measured on "
                + "Fashion-MNIST with PGD-7 and dropout 0.1/0.3/0.3, one mask a step gave 50.7% clean / 38.3% robust attacking "
                + "the full network and 10% / 10% (collapse) attacking the thinned one; four gave 79.2% / 65.3% and "
                + "77.0% / 64.1%. Use 4 or more (default 8) or tune the learning rate")
            : null;

    private static string Item(int index) => SpecPath.Item(Layers, index);

    private static string Name(LayerDefinition layer) => LayerSchema.Of(layer).Name;
}

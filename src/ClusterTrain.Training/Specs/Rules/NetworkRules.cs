using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Dropout;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Layers.Shorthands;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Training.Specs.Rules;

/// <summary>Which layers may follow which, and how strong dropout may be.</summary>
internal static class NetworkRules
{
    private const string Layers = "network.layers";
    private const string Types = "network.layers[].type";
    private const string Rates = "network.layers[].rate";
    private const int FewShards = 4;

    // What a layer's shape follows from: where one could not be read, shapes behind it would be those of a default.
    internal static readonly string[] Sizes =
    [
        .. new[] { "units", "channels", "kernel", "padding", "stride", "size", "groups", "main", "shortcut" }
            .Select(key => "network.layers[]." + key),
    ];

    /// <summary>Large enough for any network: what it shows holds for all data.</summary>
    internal static readonly MapShape AnyMap = new(1, 1 << 12, 1 << 12);

    public static readonly IReadOnlyList<SpecRule> All =
    [
        SpecRule.Of(
            "The last layer is dense: it gives one score a class, and dropping one would drop a class", [Types], LastIsDense),
        SpecRule.Of(
            "Each layer can stand where it does: conv2d and pooling read maps, dense reads features, flatten stands between them; activations "
            + "and batchNorm stand before dropout; dropout stands before flatten, where it drops channels, and never follows dropout; "
            + "dropConnect stands directly before a dense layer",
            [Types, .. Sizes],
            StandsInPlace),
        new("A relu directly after a relu (warning): the second does nothing", [Types], RepeatedRelus),
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
        return layers[^1].Scores is not null
            ? null
            : SpecProblem.Error(
                Item(layers.Count - 1), $"the last layer is dense, with one unit a class; {LayerSchema.NameOf(layers[^1])} is given");
    }

    // Sizes are judged against the data; any that are large enough show the order. A shorthand is still there when its own keys are wrong.
    private static SpecProblem? StandsInPlace(RunSpec spec) =>
        LayerWalk.Problem(LayerWalk.Over(AnyMap, spec.Network.Layers)) is { Problem: { } problem, IsOfSizes: false, Layer: not NetworkShorthand } place
            ? SpecProblem.Error(LayerSchema.PathOf(place.Path), problem)
            : null;

    private static IEnumerable<SpecProblem> RepeatedRelus(RunSpec spec) =>
        Enumerable.Range(1, Math.Max(0, spec.Network.Layers.Count - 1))
            .Where(i => spec.Network.Layers[i] is ReluLayer && spec.Network.Layers[i - 1] is ReluLayer)
            .Select(i => SpecProblem.Warning(Item(i), "relu follows relu and does nothing"));

    private static IEnumerable<SpecProblem> UsualRates(RunSpec spec)
    {
        foreach (var (path, layer) in LayerSchema.Walk(spec.Network.Layers))
        {
            if (layer is not DropoutLayer { Rate: var rate })
                continue;
            var (largest, where) = path == Item(0) ? (0.25, "on the input") : (0.5, "between layers");
            if (rate != 0 && (rate < 0.2 || rate > largest))
            {
                yield return SpecProblem.Warning(
                    path + ".rate", $"{SpecScalar.Write(rate)} is unusual {where}; usual: 0.2 to {SpecScalar.Write(largest)}");
            }
        }
    }

    private static SpecProblem? EnoughMasks(RunSpec spec) =>
        spec.Batch.Shards < FewShards && LayerSchema.Walk(spec.Network.Layers).Any(item => item.Layer.DropsUnits)
            ? SpecProblem.Warning(
                "batch.shards",
                $"each shard has one dropout mask, and fewer than {FewShards} masks a step are rough: measured on "
                + "Fashion-MNIST with PGD-7 and dropout 0.1/0.3/0.3, one mask a step gave 50.7% clean / 38.3% robust attacking "
                + "the full network and 10% / 10% (collapse) attacking the thinned one; four gave 79.2% / 65.3% and "
                + "77.0% / 64.1%. Use 4 or more (default 8) or tune the learning rate")
            : null;

    private static string Item(int index) => SpecPath.Item(Layers, index);
}

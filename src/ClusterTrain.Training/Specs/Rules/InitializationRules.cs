using ClusterTrain.Training.Durable;

namespace ClusterTrain.Training.Specs.Rules;

/// <summary>What a run may start from.</summary>
internal static class InitializationRules
{
    public static readonly IReadOnlyList<SpecRule> All =
    [
        SpecRule.Of("`initialization.sha256` is empty or 64 lower-case hexadecimal digits", ["initialization.sha256"], spec =>
            spec.Initialization.Sha256.Length == 0 || Sha256Hex.IsHex(spec.Initialization.Sha256)
                ? null
                : SpecProblem.Error(
                    "initialization.sha256",
                    $"{SpecScalar.Quote(spec.Initialization.Sha256)} is no SHA-256; allowed: 64 lower-case hexadecimal digits, or nothing, "
                    + "for the file as it is")),
        SpecRule.Of("`initialization.layers` names layers of the network", ["initialization.layers", "network.layers"], NamesLayers),
        SpecRule.Of(
            "`optimizer.layerRates` has no more numbers than the network has layers, and one above 0 for some layer",
            ["optimizer.layerRates", "network.layers"], RatesAreOfLayers),
    ];

    private static SpecProblem? RatesAreOfLayers(RunSpec spec)
    {
        var (rates, layers) = (spec.Optimizer.LayerRates, spec.Network.Layers.Count);
        if (rates.Count > layers)
            return SpecProblem.Error("optimizer.layerRates", $"has {rates.Count} numbers; network.layers has {layers} layers");
        return layers > 0 && rates.Count == layers && rates.All(rate => rate == 0)
            ? SpecProblem.Error("optimizer.layerRates", "freezes every layer: nothing is trained; give one above 0")
            : null;
    }

    private static SpecProblem? NamesLayers(RunSpec spec)
    {
        if (!spec.Initialization.IsTransfer)
            return null;
        var layers = spec.Network.Layers.Count;
        var beyond = spec.Initialization.Layers.FirstOrDefault(layer => layer >= layers, -1);
        return beyond < 0
            ? null
            : SpecProblem.Error("initialization.layers", $"there is no layer {beyond}; network.layers has {layers}, 0 to {layers - 1}");
    }
}

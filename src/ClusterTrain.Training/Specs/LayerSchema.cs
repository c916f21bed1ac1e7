using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Training.Specs;

/// <summary>A kind of layer as users write it: <c>{ type: dense, units: 256 }</c>.</summary>
internal sealed record LayerType(string Name, Type Type, string Meaning, IReadOnlyList<SpecField> Fields);

/// <summary>
/// What the keys of a layer mean and allow. The layers' records belong to the numerics, which know nothing of specs, so
/// their ranges stand here; a test compares this table with the records.
/// </summary>
internal static class LayerSchema
{
    /// <summary>Key that names the kind of layer.</summary>
    public const string Discriminator = "type";

    public static readonly IReadOnlyList<LayerType> All =
    [
        Of<LayerDefinition.Dense>("Every output sees every input: y = x W^T + b", new()
        {
            [nameof(LayerDefinition.Dense.Units)] = new OptionAttribute("Outputs of the layer")
            {
                Min = 1,
                Max = 65_536,
                Unit = "units",
                IsRequired = true,
            },
        }),
        Of<LayerDefinition.Conv2d>("Cross-correlation over the maps [channels, height, width] before it, the same window for all positions", new()
        {
            [nameof(LayerDefinition.Conv2d.Channels)] = new OptionAttribute("Maps that the layer makes")
            {
                Min = 1,
                Max = 4_096,
                Unit = "channels",
                IsRequired = true,
            },
            [nameof(LayerDefinition.Conv2d.Kernel)] = new OptionAttribute("Side of the square kernel; usual: 3 or 5")
            {
                Min = 1,
                Max = 63,
                Unit = "positions",
            },
            [nameof(LayerDefinition.Conv2d.Padding)] = new OptionAttribute(
                "Rows and columns of zeros around each map; (kernel - 1) / 2 keeps the size of the maps")
            {
                Min = 0,
                Max = 31,
                Unit = "positions",
            },
            [nameof(LayerDefinition.Conv2d.Stride)] = new OptionAttribute("From one place of the kernel to the next")
            {
                Min = 1,
                Max = 63,
                Unit = "positions",
            },
        }),
        Of<LayerDefinition.MaxPool>("The largest value of each square block of a map; follows conv2d, its batchNorm or its activation", new()
        {
            [nameof(LayerDefinition.MaxPool.Size)] = new OptionAttribute("Side of the block")
            {
                Min = 1,
                Max = 63,
                Unit = "positions",
            },
            [nameof(LayerDefinition.MaxPool.Stride)] = new OptionAttribute("From one block to the next; 0 is `size`, blocks side by side")
            {
                Min = 0,
                Max = 63,
                Unit = "positions",
            },
        }),
        Of<LayerDefinition.Flatten>("Maps as one list of features, between the last conv2d and the first dense", []),
        Of<LayerDefinition.Relu>("y = max(x, 0)", []),
        Of<LayerDefinition.LeakyRelu>("y = x above 0, slope * x below", new()
        {
            [nameof(LayerDefinition.LeakyRelu.Slope)] = new OptionAttribute("Slope below 0")
            {
                Min = 0,
                AboveMin = true,
                Max = 0.999,
            },
        }),
        Of<LayerDefinition.Tanh>("y = tanh x", []),
        Of<LayerDefinition.Sigmoid>("y = 1 / (1 + e^-x)", []),
        Of<LayerDefinition.BatchNorm>(
            "Batch normalization of the dense or conv2d directly before it (of channels after conv2d), then the activation: each shard's own statistics in training, running ones at inference",
            new()
            {
                [nameof(LayerDefinition.BatchNorm.Momentum)] = new OptionAttribute(
                    "Share of a step's statistics (the mean over its shards) in the running ones")
                {
                    Min = 0,
                    AboveMin = true,
                    Max = 1,
                },
                [nameof(LayerDefinition.BatchNorm.Epsilon)] = new OptionAttribute("Added to the variance")
                {
                    Min = 0,
                    AboveMin = true,
                    Max = 1,
                },
            }),
        Of<LayerDefinition.DropConnect>("Drops weights of the dense layer directly behind it, one draw a shard; kept ones are divided by 1 - rate", new()
        {
            [nameof(LayerDefinition.DropConnect.Rate)] = new OptionAttribute("Share of weights dropped in training; usual: 0.5; 0 is off")
            {
                Min = 0,
                Max = 0.8,
                Unit = "probability",
            },
        }),
        Of<LayerDefinition.Dropout>("Inverted dropout of the units before it, of whole channels after conv2d; as first layer, of the inputs", new()
        {
            [nameof(LayerDefinition.Dropout.Rate)] = new OptionAttribute(
                "Share of units dropped in training; usual: 0.2 to 0.5 between layers, 0.2 to 0.25 on the input; 0 is off")
            {
                Min = 0,
                Max = 0.8,
                Unit = "probability",
            },
            [nameof(LayerDefinition.Dropout.Classic)] = new OptionAttribute(
                "Classic dropout: nothing is scaled in training, all units are multiplied by 1 - rate at inference"),
        }),
    ];

    public static LayerType Of(LayerDefinition layer) => All.First(type => type.Type == layer.GetType());

    private static LayerType Of<T>(string meaning, Dictionary<string, OptionAttribute> keys)
        where T : LayerDefinition =>
        new(SpecSchema.CamelCase(typeof(T).Name), typeof(T), meaning,
            [.. keys.Select(pair => new SpecField(
                SpecSchema.CamelCase(pair.Key), typeof(T).GetProperty(pair.Key)!, pair.Value))]);
}

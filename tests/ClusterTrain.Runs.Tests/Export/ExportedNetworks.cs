using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Loading;

namespace ClusterTrain.Runs.Tests.Export;

/// <summary>Networks that other programs have to read: those that ship, those that have a name, and each kind of layer.</summary>
internal static class ExportedNetworks
{
    private const string Runs = "cluster-config/runs";

    // Small where the network has many channels: what differs between widths is no operation.
    private static readonly Dictionary<string, string> Named = new(StringComparer.Ordinal)
    {
        ["resnet20"] = "{ type: resnet20 }",
        ["resnet56"] = "{ type: resnet56, classes: 5 }",
        ["wideResNet"] = "{ type: wideResNet, depth: 16, widen: 2, rate: 0.3 }",
        ["preActResNet18"] = "{ type: preActResNet18 }",
    };

    private const string Head = "{ type: globalAvgPool }, { type: dense, units: 5 }";

    private static readonly Dictionary<string, string> Kinds = new(StringComparer.Ordinal)
    {
        ["conv2d"] = "{ type: conv2d, channels: 4, kernel: 5, stride: 3, padding: 2 }, { type: relu }, "
            + "{ type: conv2d, channels: 6, kernel: 2, bias: false }, { type: relu }, { type: conv2d, channels: 3, kernel: 1, stride: 2 }, "
            + "{ type: flatten }, { type: dense, units: 5, bias: false }",
        ["pools"] = "{ type: conv2d, channels: 4, padding: same }, { type: maxPool, size: 3, stride: 2 }, { type: relu }, "
            + $"{{ type: avgPool, size: 2, stride: 1 }}, {{ type: conv2d, channels: 4 }}, {{ type: avgPool, size: 2 }}, {Head}",
        ["norms of maps"] = "{ type: normalize, mean: [0.5, 0.4, 0.3], deviation: [0.2, 0.25, 0.3] }, { type: conv2d, channels: 6 }, "
            + "{ type: batchNorm, epsilon: 0.001 }, { type: relu }, { type: conv2d, channels: 6 }, { type: groupNorm, groups: 3 }, "
            + $"{{ type: relu }}, {{ type: conv2d, channels: 4 }}, {{ type: layerNorm, epsilon: 0.01 }}, {Head}",
        ["norms of features"] = "{ type: normalize, mean: [0.5], deviation: [0.25] }, { type: flatten }, { type: dense, units: 12 }, "
            + "{ type: batchNorm }, { type: relu }, { type: dense, units: 12 }, { type: groupNorm, groups: 4 }, { type: tanh }, "
            + "{ type: dense, units: 12 }, { type: layerNorm }, { type: dense, units: 5 }",
        ["drops"] = "{ type: dropout, rate: 0.2 }, { type: flatten }, { type: dropConnect, rate: 0.4 }, { type: dense, units: 20 }, "
            + "{ type: relu }, { type: dropout, rate: 0.5, classic: true }, { type: dense, units: 5 }",
        ["sums"] = "{ type: conv2d, channels: 4 }, { type: residual, main: ["
            + "{ type: residual, main: [{ type: conv2d, channels: 4, padding: 1 }, { type: relu }] }, { type: batchNorm }, "
            + "{ type: dropout, rate: 0.3, classic: true }, { type: conv2d, channels: 6, padding: 1, stride: 2 }], "
            + "shortcut: [{ type: conv2d, channels: 6, kernel: 1, stride: 2 }, { type: batchNorm }] }, { type: relu }, { type: flatten }, "
            + "{ type: dense, units: 8 }, { type: residual, main: [{ type: dense, units: 8 }, { type: tanh }] }, { type: dense, units: 5 }",
    };

    /// <summary>All of them, by what a test is called by.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. Directory.GetFiles(Path.Combine(Repository.Root, Runs), "*.yaml").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal),
        .. Named.Keys, .. Kinds.Keys, .. Activations().Select(kind => kind.Name),
    ];

    /// <summary>A spec, and the shape of one example: of the spec's data set, or a small one that is not square.</summary>
    public static (RunSpec Spec, IReadOnlyList<int> Input) Of(string name)
    {
        if (name.EndsWith(".yaml", StringComparison.Ordinal))
        {
            var shipped = SpecLoader.Load(File.ReadAllText(Path.Combine(Repository.Root, Runs, name)), name).Spec!;
            return (shipped, DatasetLoader.Measure(shipped.Data, new DataLocations([]))!.InputShape);
        }

        var (layers, input) = Named.TryGetValue(name, out var shorthand) ? (shorthand, new[] { 3, 32, 32 })
            : (Kinds.GetValueOrDefault(name) ?? Activated(name), [3, 13, 11]);
        return (SpecText.Load($"name: exported\nnetwork: {{ layers: [{layers}] }}").Spec!, input);
    }

    private static IEnumerable<LayerType> Activations() => LayerCatalogue.All.BuiltIn.Where(kind => kind.Type.IsSubclassOf(typeof(ActivationLayer)));

    private static string Activated(string name) =>
        $"{{ type: conv2d, channels: 4 }}, {{ type: {name} }}, {{ type: flatten }}, {{ type: dense, units: 9 }}, {{ type: {name} }}, {{ type: dense, units: 5 }}";
}

using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Losses;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Training.Specs.Rules;

/// <summary>Techniques that want something of each other, or do nothing without each other.</summary>
internal static class ObjectiveRules
{
    private const string Types = "network.layers[].type";
    private const string Rates = "network.layers[].rate";

    public static readonly IReadOnlyList<SpecRule> All =
    [
        SpecRule.Of(
            "Training on both versions of a row (`adversarial.objective` trades, or `adversarial.cleanWeight` above 0) attacks every "
            + "row: `adversarial.fraction` is 1",
            ["adversarial.objective", "adversarial.cleanWeight", "adversarial.fraction", "adversarial.attack.method"],
            EveryRowHasBothVersions),
        SpecRule.Of(
            "`adversarial.objective` trades wants an attack with `randomStart`, such as pgd: at the row itself the divergence has no slope",
            ["adversarial.objective", "adversarial.attack.method", "adversarial.attack.randomStart"],
            DivergenceHasASlope),
        SpecRule.Of(
            "batchNorm wants 2 values or more of each unit in a shard, rows times positions of a map: one value has no variance",
            [Types, .. NetworkRules.Sizes, "batch.size", "batch.shards"],
            spec => HasVariance(spec, LayerWalk.Over(NetworkRules.AnyMap, spec.Network.Layers)).FirstOrDefault()),
        SpecRule.Of(
            "`regularization.dropoutMasks` example or pool without dropout (warning): there is nothing to mask",
            [Types, Rates, "regularization.dropoutMasks"],
            spec => spec.Regularization.DropoutMasks != MaskChoice.Shard && !Drops(spec)
                ? SpecProblem.Warning(
                    "regularization.dropoutMasks",
                    $"{SpecScalar.Write(spec.Regularization.DropoutMasks)} masks change nothing: no layer drops units")
                : null),
        SpecRule.Of(
            "`optimizer.gradientMean` holders without thinned replicas (warning): every shard holds everything",
            [Types, Rates, "regularization.dropoutMasks", "optimizer.gradientMean"],
            spec => spec.Optimizer.GradientMean == GradientMean.Holders
                && (!Drops(spec) || spec.Regularization.DropoutMasks == MaskChoice.Example)
                ? SpecProblem.Warning(
                    "optimizer.gradientMean", "holders is the same as shards here: every shard holds every parameter")
                : null),
    ];

    private static SpecProblem? EveryRowHasBothVersions(RunSpec spec) =>
        spec.Adversarial is { NeedsBothVersions: true, Fraction: < 1 }
            ? SpecProblem.Error(
                "adversarial.fraction",
                $"{SpecScalar.Write(spec.Adversarial.Fraction)} leaves rows without an adversarial version, which "
                + (spec.Adversarial.Objective is CrossEntropyObjective ? "cleanWeight" : spec.Adversarial.Objective.Name)
                + " trains on beside the clean one; set it to 1, or cleanWeight to 0 and objective to crossEntropy")
            : null;

    private static SpecProblem? DivergenceHasASlope(RunSpec spec) =>
        spec.Adversarial.Attack is BallAttack { StartsAtRandom: false } attack && spec.Adversarial.Objective.AttackerLoss() is not null
            ? SpecProblem.Error(
                attack is PgdAttack ? "adversarial.attack.randomStart" : "adversarial.attack.method",
                $"{spec.Adversarial.Objective.Name} climbs the divergence from the clean row, which is flat at the row itself; "
                + "use pgd with randomStart: true")
            : null;

    /// <summary>Batch normalizations to which a shard gives one value a unit.</summary>
    /// <param name="places">Those of the spec's layers; what follows a problem is not among them.</param>
    internal static IEnumerable<SpecProblem> HasVariance(RunSpec spec, IReadOnlyList<LayerPlace> places)
    {
        var rows = spec.Batch.Size / spec.Batch.Shards;
        return places.SelectMany(place => place.All)
            .Where(place => place is { Layer: BatchNormLayer, Problem: null } && (long)rows * place.Input.Area < 2)
            .Select(place => SpecProblem.Error(
                LayerSchema.PathOf(place.Path),
                $"batchNorm takes mean and variance of each unit over a shard's rows and positions, and {spec.Batch.Shards} shards of a batch of "
                + $"{spec.Batch.Size} have 1 row with 1 value of a unit here; use fewer batch.shards or a larger batch.size"));
    }

    private static bool Drops(RunSpec spec) => LayerSchema.Walk(spec.Network.Layers).Any(item => item.Layer.DropsUnits);
}

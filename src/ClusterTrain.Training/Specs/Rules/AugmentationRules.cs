using ClusterTrain.Numerics.Losses;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Training.Specs.Rules;

/// <summary>Which changes of training pictures make sense, alone and on a data set.</summary>
internal static class AugmentationRules
{
    private static readonly string[] Digits = ["glyphs", "mnist", "qmnist", "emnist", "usps", "svhn"];

    public static readonly IReadOnlyList<SpecRule> All =
    [
        SpecRule.Of(
            "`augmentation.scaleMin` is at most `augmentation.scaleMax`",
            ["augmentation.scaleMin", "augmentation.scaleMax"],
            ScalesAreInOrder),
        SpecRule.Of(
            "`augmentation.probability` 0 with anything that it would apply to (warning): nothing is changed",
            ["augmentation"],
            SomethingHappens),
        SpecRule.Of(
            "`augmentation.cutMix` mixes the targets of plain cross-entropy: `adversarial.objective` is crossEntropy, "
            + "`adversarial.cleanWeight` 0 and `data.balance` not weights",
            ["augmentation.cutMix", "adversarial.objective", "adversarial.cleanWeight", "data.balance"],
            spec => spec.Augmentation.CutMix > 0
                && (spec.Adversarial.Objective is not CrossEntropyObjective { CleanWeight: 0 } || spec.Data.Balance == BalanceChoice.Weights)
                ? SpecProblem.Error(
                    "augmentation.cutMix",
                    "mixed targets are those of plain cross-entropy; set adversarial.objective to crossEntropy, adversarial.cleanWeight to 0 "
                    + "and data.balance to none or oversample, or cutMix to 0")
                : null),
        new(
            "No flips of digits (warning): a mirrored 2 is no 2, a 6 upside down is a 9",
            ["augmentation.flipHorizontal", "augmentation.flipVertical", "data.name"],
            FlipsKeepClasses),
    ];

    /// <summary>What the pictures of a data set do not allow.</summary>
    public static IEnumerable<SpecProblem> AgainstData(RunSpec spec, MapShape input)
    {
        var augmentation = spec.Augmentation;
        if (augmentation.Saturation > 0 && input.Channels != 3)
        {
            yield return SpecProblem.Error(
                "augmentation.saturation",
                $"saturation is of colours, three channels; {spec.Data.Name} has {input.Channels} channel{(input.Channels == 1 ? "" : "s")}: "
                + "set it to 0");
        }

        if (input.Area == 1 && augmentation != new AugmentationSpec { Probability = augmentation.Probability, Noise = augmentation.Noise })
        {
            yield return SpecProblem.Error(
                "augmentation",
                $"rows of {spec.Data.Name} are no pictures, which augmentation changes; allowed: augmentation.noise, or regularization.inputNoise");
        }

        var side = Math.Min(input.Height, input.Width);
        foreach (var (key, pixels) in new[] { ("shift", augmentation.Shift), ("crop", augmentation.Crop) })
        {
            if (pixels >= side)
            {
                yield return SpecProblem.Error(
                    $"augmentation.{key}",
                    $"{SpecScalar.Write(pixels)} pixels can move all of a picture of {input.Height} x {input.Width} out of sight; "
                    + $"allowed: less than {side}");
            }
        }
    }

    private static SpecProblem? ScalesAreInOrder(RunSpec spec) =>
        spec.Augmentation.ScaleMin <= spec.Augmentation.ScaleMax
            ? null
            : SpecProblem.Error(
                "augmentation.scaleMin",
                $"{SpecScalar.Write(spec.Augmentation.ScaleMin)} is above scaleMax, {SpecScalar.Write(spec.Augmentation.ScaleMax)}");

    private static SpecProblem? SomethingHappens(RunSpec spec) =>
        spec.Augmentation.Probability <= 0 && spec.Augmentation != new AugmentationSpec { Probability = spec.Augmentation.Probability }
            ? SpecProblem.Warning("augmentation.probability", "with probability 0 no row is changed")
            : null;

    private static IEnumerable<SpecProblem> FlipsKeepClasses(RunSpec spec)
    {
        if (!IsOfDigits(spec.Data.Name))
            yield break;
        foreach (var (key, flips) in new[]
            { ("flipHorizontal", spec.Augmentation.FlipHorizontal), ("flipVertical", spec.Augmentation.FlipVertical) })
        {
            if (flips)
                yield return SpecProblem.Warning($"augmentation.{key}", $"{spec.Data.Name} has digits, which flips make into others or none");
        }
    }

    private static bool IsOfDigits(string name) =>
        name.Contains("digit", StringComparison.OrdinalIgnoreCase)
        || Digits.Any(known => name.Equals(known, StringComparison.OrdinalIgnoreCase)
            || name.StartsWith(known + "-", StringComparison.OrdinalIgnoreCase));
}

using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Layers.Convolution;
using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Layers.Normalization;
using ClusterTrain.Numerics.Layers.Pooling;

namespace ClusterTrain.Runs.Import;

/// <summary>A scale and a shift made part of the layer before or behind them, where that has numbers that can take them.</summary>
internal static class AffineFolding
{
    private const string Scale = "weight";
    private const string Shift = "bias";

    /// <summary>The layer before, with what follows it; null when it cannot take it.</summary>
    public static LayerStep? Into(LayerStep before, AffineStep affine) => before.Layer switch
    {
        DenseLayer dense => Shifted(Scaled(before, affine), affine, dense.Units) is var step && step.Parts.ContainsKey(Shift)
            ? step with { Layer = dense with { Bias = true } } : step,
        Conv2dLayer conv => Shifted(Scaled(before, affine), affine, conv.Channels) is var step && step.Parts.ContainsKey(Shift)
            ? step with { Layer = conv with { Bias = true } } : step,
        BatchNormLayer or GroupNormLayer or LayerNormLayer => Shifted(Scaled(before, affine), affine, before.Parts[Shift].Count),
        _ => null,
    };

    /// <summary>
    /// The layer behind, with what stands before it, and what then still has to be done behind the layer; null when it cannot take it.
    /// </summary>
    public static (LayerStep Layer, AffineStep? Left)? Into(AffineStep affine, LayerStep behind)
    {
        switch (behind.Layer)
        {
            case FlattenLayer:
                return (behind, affine.OverFeatures(behind.Area));
            case AvgPoolLayer or GlobalAvgPoolLayer:
            case MaxPoolLayer when affine.Scale.All(scale => scale > 0):
            case ReluLayer or LeakyReluLayer when affine.Scale.All(scale => scale > 0) && !affine.IsShifted:
                return (behind, affine);
            case DenseLayer dense:
                return (Before(behind, affine, dense.Units) is var taken && taken.Parts.ContainsKey(Shift)
                    ? taken with { Layer = dense with { Bias = true } } : taken, null);
            // Zeros around the maps are zeros of what is shifted.
            case Conv2dLayer conv when !affine.IsShifted || conv.Padding is { IsSame: false, Count: 0 }:
                return (Before(behind, affine, conv.Channels) is var filtered && filtered.Parts.ContainsKey(Shift)
                    ? filtered with { Layer = conv with { Bias = true } } : filtered, null);
            case BatchNormLayer when affine.Scale.All(scale => scale > 0):
                return (Normalized(behind, affine), null);
            default:
                return null;
        }
    }

    /// <summary>The first layer of a network that scales its inputs; null where no layer does so.</summary>
    public static LayerStep? First(AffineStep affine) => affine.Scale.Any(scale => !(scale > 0)) ? null : new LayerStep(affine.Place, new NormalizeLayer
    {
        Mean = [.. Enumerable.Range(0, Math.Max(affine.Scale.Length, affine.Shift.Length)).Select(unit => -affine.ShiftOf(unit) / affine.ScaleOf(unit))],
        Deviation = [.. affine.Scale.Select(scale => 1 / scale)],
    });

    private static LayerStep Scaled(LayerStep step, AffineStep affine) =>
        step.With(Scale, step.Parts[Scale].Changed((output, _, value) => value * affine.ScaleOf(output)));

    private static LayerStep Shifted(LayerStep step, AffineStep affine, int units)
    {
        if (step.Parts.TryGetValue(Shift, out var bias))
            return step.With(Shift, bias.Changed((output, _, value) => (value * affine.ScaleOf(output)) + affine.ShiftOf(output)));
        return affine.IsShifted ? step.With(Shift, Weight.Of([.. Enumerable.Range(0, units).Select(unit => (float)affine.ShiftOf(unit))])) : step;
    }

    private static LayerStep Before(LayerStep step, AffineStep affine, int units)
    {
        var weight = step.Parts[Scale];
        var scaled = step.With(Scale, weight.Changed((_, input, value) => value * affine.ScaleOf(input)));
        if (!affine.IsShifted) return scaled;
        var bias = step.Parts.GetValueOrDefault(Shift) ?? Weight.Of(new float[units]);
        return scaled.With(Shift, bias with
        {
            Make = () =>
            {
                var sums = bias.Make().Select(value => (double)value).ToArray();
                var values = weight.Make();
                var (perOutput, area) = (values.Length / units, values.Length / units / weight.Shape[1]);
                for (var i = 0; i < values.Length; i++) sums[i / perOutput] += values[i] * affine.ShiftOf(i % perOutput / area);
                return [.. sums.Select(sum => (float)sum)];
            },
        });
    }

    // gamma (s x + t - m) / d = gamma s (x - (m - t) / s) / d.
    private static LayerStep Normalized(LayerStep step, AffineStep affine) => Scaled(step, affine).With(
        "running_mean", step.Parts["running_mean"].Changed((unit, _, value) => (value - affine.ShiftOf(unit)) / affine.ScaleOf(unit)));
}

using ClusterTrain.Numerics.Augmentation;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Randomness;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Training.Work;

/// <summary>
/// Training rows as a step sees them: augmented, mixed by CutMix, then with input noise. Each is a pure function of (seed, step, row), so
/// whoever gathers it, for gradients or for attacks, thinned or full, reads the same numbers. Owns memory; one per worker.
/// </summary>
/// <remarks>
/// With an attack in training the noisy row is clipped to the range of the data, since it is the middle of a ball of rows; without
/// one it is not, so that its mean stays the clean row.
/// </remarks>
public sealed class TrainingRows
{
    private readonly Examples _examples;
    private readonly AugmentationRanges _ranges;
    private readonly MapShape _shape;
    private readonly long _seed;
    private readonly double _noise;
    private readonly bool _clips;
    private readonly InputRange _range;
    private readonly float[] _row;
    private readonly float[] _other;
    private readonly double _cutMix;

    public TrainingRows(RunContext context)
    {
        var spec = context.Spec;
        _examples = context.Data.Train;
        _ranges = Ranges(spec.Augmentation);
        _range = context.Data.Range;
        _shape = MapShape.Of(context.Data.InputShape);
        _seed = spec.Seed;
        _noise = spec.Regularization.InputNoise;
        _clips = context.Plan.AttackedRowsOfShard > 0;
        _cutMix = spec.Augmentation.CutMix;
        _row = new float[IsPlain ? 0 : _examples.Features];
        _other = new float[_cutMix > 0 ? _examples.Features : 0];
    }

    /// <summary>Whether rows are read as they are.</summary>
    public bool IsPlain => _ranges.IsOff && _noise == 0 && _cutMix == 0;

    /// <summary>The class that row <paramref name="row"/> is trained to have.</summary>
    public byte Label(int row) => _examples.Labels[row];

    /// <summary>The box that CutMix puts into a row at a step; of no size where it puts in none.</summary>
    public CutMix BoxOf(long step, int row) => _cutMix > 0 ? CutMix.Draw(_cutMix, _shape, CutMix.Stream(_seed, step, row)) : default;

    /// <summary>Share of a row's target that its own label keeps at a step.</summary>
    public float Own(long step, int row) => BoxOf(step, row).Own(_shape);

    /// <summary>The same with nothing of another row in it.</summary>
    public ReadOnlySpan<float> Row(long step, int row) => Row(step, row, row);

    /// <summary>Row <paramref name="row"/> of the training split at a step, [features]; valid until the next call.</summary>
    /// <param name="step">The step.</param>
    /// <param name="row">The row.</param>
    /// <param name="partner">The row whose picture CutMix takes a box of, augmented as it is in this step.</param>
    public ReadOnlySpan<float> Row(long step, int row, int partner)
    {
        if (IsPlain) return _examples.Row(row);
        Augmented(step, row, _row);
        if (BoxOf(step, row) is { Height: > 0, Width: > 0 } box)
        {
            Augmented(step, partner, _other);
            box.Paste(_shape, _other, _row);
        }

        if (_noise == 0) return _row;
        GaussianNoise.Add(_row, _noise, new RandomStream(_seed, RandomPurpose.InputNoise, step, row));
        if (_clips) _range.Clamp(_row);
        return _row;
    }

    private void Augmented(long step, int row, Span<float> target)
    {
        if (_ranges.IsOff) _examples.Row(row).CopyTo(target);
        else Augmenter.Apply(_ranges, _shape, Augmenter.Stream(_seed, step, row), _examples.Row(row), target);
    }

    private static AugmentationRanges Ranges(AugmentationSpec spec) => new()
    {
        Probability = spec.Probability,
        Rotation = spec.Rotation,
        ScaleMin = spec.ScaleMin,
        ScaleMax = spec.ScaleMax,
        Shift = spec.Shift,
        Shear = spec.Shear,
        Crop = spec.Crop,
        FlipHorizontal = spec.FlipHorizontal,
        FlipVertical = spec.FlipVertical,
        Brightness = spec.Brightness,
        Contrast = spec.Contrast,
        Saturation = spec.Saturation,
        Noise = spec.Noise,
        Cutout = spec.Cutout,
    };
}

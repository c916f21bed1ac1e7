using ClusterTrain.Numerics.Elementwise;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Numerics.Layers.Elements;

/// <summary>
/// Batch normalization of the kept units, forward beside backward (Ioffe and Szegedy 2015, algorithm 1 and section 3). In
/// training: x^ = (x - m) / sqrt(s2 + eps) with mean and biased variance over rows and positions, y = gamma x^ + beta. At
/// inference the running statistics stand in, and y = a x + b.
/// </summary>
/// <remarks>x, y [batch, units, area]. One thread at a time.</remarks>
internal sealed class BatchNormalization(ElementStage stage)
{
    private readonly BatchNormLayer _settings = stage.Normalization!;
    private readonly float[] _gamma = new float[stage.Output.Units];
    private readonly float[] _beta = new float[stage.Output.Units];
    private readonly float[] _factor = new float[stage.Output.Units];
    private readonly float[] _centre = new float[stage.Output.Units];
    private readonly double[] _mean = new double[stage.Output.Units];
    private readonly double[] _squares = new double[stage.Output.Units];
    private readonly double[] _inverse = new double[stage.Output.Units];
    private readonly float[] _slope = new float[stage.Output.Units];
    private readonly float[] _runningMean = new float[stage.Output.Units];
    private readonly double[] _sums = new double[stage.Output.Units];
    private readonly double[] _products = new double[stage.Output.Units];
    private int _units;
    private int _count;
    private bool _isTraining;

    /// <summary>Takes gamma, beta and the running statistics of the kept units.</summary>
    public void Bind(ReadOnlySpan<float> parameters, KeptUnits kept)
    {
        _units = kept.Count;
        var rows = parameters.Slice(stage.Weight.Offset, stage.Weight.Length);
        var units = stage.Weight.Columns;
        var indices = kept.Indices;
        var beta = parameters.Slice(stage.Bias.Offset, stage.Bias.Length);
        for (var i = 0; i < _units; i++)
        {
            var unit = indices[i];
            (_gamma[i], _beta[i]) = (rows[(ElementStage.Gamma * units) + unit], beta[unit]);
            var inverse = Inverse(rows[(ElementStage.RunningVariance * units) + unit]);
            _slope[i] = (float)(_gamma[i] * inverse);
            _runningMean[i] = rows[(ElementStage.RunningMean * units) + unit];
        }
    }

    public void Forward(ReadOnlySpan<float> x, Span<float> y, int area, bool isTraining)
    {
        _isTraining = isTraining;
        if (!isTraining)
        {
            UnitLoops.Affine(x, _runningMean.AsSpan(0, _units), _slope.AsSpan(0, _units), _beta.AsSpan(0, _units), y, area);
            return;
        }

        _count = _units == 0 ? 0 : x.Length / _units;
        UnitMoments.Sum(x, _units, area, _mean.AsSpan(0, _units));
        for (var unit = 0; unit < _units; unit++) _mean[unit] /= _count;
        UnitMoments.SquaresAround(x, _units, area, _mean, _squares.AsSpan(0, _units));
        for (var unit = 0; unit < _units; unit++)
        {
            _inverse[unit] = Inverse(_squares[unit] / _count);
            // The difference comes first, in y = factor (x - mean) + beta: where the mean is large, a x + b would cancel.
            _factor[unit] = (float)(_gamma[unit] * _inverse[unit]);
            _centre[unit] = (float)_mean[unit];
        }

        UnitLoops.Affine(x, _centre.AsSpan(0, _units), _factor.AsSpan(0, _units), _beta.AsSpan(0, _units), y, area);
    }

    /// <summary>
    /// dx from dy, and in training the gradient [3, units] of gamma and the statistics, then [units] of beta.
    /// </summary>
    /// <param name="gradient">Empty when not wanted.</param>
    /// <param name="dx">May be the memory of <paramref name="dy"/>; empty when not wanted.</param>
    public void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> gradient, Span<float> dx, int area)
    {
        if (!_isTraining)
        {
            UnitLoops.Scale(dy, _slope.AsSpan(0, _units), dx, area);
            return;
        }

        var sums = _sums.AsSpan(0, _units);
        var products = _products.AsSpan(0, _units);
        UnitMoments.Sum(dy, _units, area, sums);
        UnitMoments.Products(dy, x, _units, area, _mean, products);
        if (!gradient.IsEmpty) Gradient(gradient);
        if (dx.IsEmpty) return;
        for (var at = 0; at < x.Length; at += _units * area)
        {
            for (var unit = 0; unit < _units; unit++)
            {
                // dx = gamma / s (dy - mean(dy) - x^ mean(dy x^)).
                var meanDy = (float)(sums[unit] / _count);
                var perDistance = (float)(products[unit] * _inverse[unit] * _inverse[unit] / _count);
                var run = at + (unit * area);
                UnitLoops.Centred(
                    x.Slice(run, area), dy.Slice(run, area), dx.Slice(run, area), _centre[unit], meanDy, perDistance, _factor[unit]);
            }
        }
    }

    private void Gradient(Span<float> gradient)
    {
        var bias = gradient[(ElementStage.RowCount * _units)..];
        for (var unit = 0; unit < _units; unit++)
        {
            gradient[(ElementStage.Gamma * _units) + unit] = (float)(_products[unit] * _inverse[unit]);
            gradient[(ElementStage.RunningMean * _units) + unit] = (float)_mean[unit];
            gradient[(ElementStage.RunningVariance * _units) + unit] = (float)(_squares[unit] / Math.Max(1, _count - 1));
            bias[unit] = (float)_sums[unit];
        }
    }

    private double Inverse(double variance) => 1 / Math.Sqrt(variance + _settings.Epsilon);
}

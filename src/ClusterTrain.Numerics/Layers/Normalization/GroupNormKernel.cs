using ClusterTrain.Numerics.Elementwise;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Replicas;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Numerics.Layers.Normalization;

/// <summary>
/// y = gamma (x - mean) / sqrt(variance + epsilon) + beta, mean and variance of each example's group. Sums as in
/// <see cref="UnitMoments"/>, a group being one run.
/// </summary>
internal sealed class GroupNormKernel(GroupNormStage stage, IMatrixProducts products, int maxBatch) : StageKernel(stage, products, maxBatch)
{
    private readonly double[] _mean = new double[maxBatch * stage.Groups];
    private readonly double[] _inverse = new double[maxBatch * stage.Groups];
    private readonly double[] _first = new double[stage.Input.Units];
    private readonly double[] _second = new double[stage.Input.Units];
    private readonly double[] _centre = new double[stage.Input.Units];
    private readonly double[] _gradients = new double[2 * stage.Input.Units];
    private ReadOnlyMemory<float> _gamma;
    private ReadOnlyMemory<float> _beta;

    private int Units => stage.Input.Units;

    private int Area => stage.Input.Area;

    private int GroupFloats => Units / stage.Groups * Area;

    public override bool WritesInPlace => true;

    public override void Bind(ReadOnlyMemory<float> parameters, ReplicaMask mask, WeightDraw? draw)
    {
        base.Bind(parameters, mask, draw);
        _gamma = parameters.Slice(stage.Weight.Offset, Units);
        _beta = parameters.Slice(stage.Bias.Offset, Units);
    }

    public override void Forward(ReadOnlySpan<float> x, int batch, bool isTraining)
    {
        var groups = stage.Groups;
        var y = Output.Span[..(batch * Outputs)];
        for (var row = 0; row < batch; row++)
        {
            var from = x.Slice(row * Inputs, Inputs);
            var mean = _mean.AsSpan(row * groups, groups);
            var inverse = _inverse.AsSpan(row * groups, groups);
            UnitMoments.Sum(from, groups, GroupFloats, mean);
            foreach (ref var sum in mean) sum /= GroupFloats;
            UnitMoments.SquaresAround(from, groups, GroupFloats, mean, inverse);
            foreach (ref var sum in inverse) sum = 1 / Math.Sqrt((sum / GroupFloats) + stage.Epsilon);
            for (var unit = 0; unit < Units; unit++)
            {
                var (group, place) = (unit * groups / Units, (row * Inputs) + (unit * Area));
                var factor = (float)(_gamma.Span[unit] * inverse[group]);
                UnitLoops.Affine(
                    x.Slice(place, Area), [(float)mean[group]], [factor], _beta.Span.Slice(unit, 1), y.Slice(place, Area), Area);
            }
        }
    }

    protected override void BackwardLinear(
        ReadOnlySpan<float> x, Span<float> dz, int batch, Span<float> gradient, Span<float> dx, bool gatesDx)
    {
        var groups = stage.Groups;
        Array.Clear(_gradients);
        for (var row = 0; row < batch; row++)
        {
            for (var unit = 0; unit < Units; unit++) _centre[unit] = _mean[(row * groups) + (unit * groups / Units)];
            var from = x.Slice(row * Inputs, Inputs);
            var slopes = dz.Slice(row * Inputs, Inputs);
            UnitMoments.Sum(slopes, Units, Area, _first);
            UnitMoments.Products(slopes, from, Units, Area, _centre, _second);
            for (var unit = 0; unit < Units; unit++)
            {
                _gradients[unit] += _second[unit] * _inverse[(row * groups) + (unit * groups / Units)];
                _gradients[Units + unit] += _first[unit];
            }

            if (!dx.IsEmpty) Inner(from, slopes, dx.Slice(row * Inputs, Inputs), row * groups);
        }

        for (var i = 0; i < gradient.Length; i++) gradient[i] = (float)_gradients[i];
    }

    // dx = (gamma dy - mean(gamma dy) - x^ mean(gamma dy x^)) / s, means over the group.
    private void Inner(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dx, int firstGroup)
    {
        var perGroup = Units / stage.Groups;
        for (var group = 0; group < stage.Groups; group++)
        {
            var (sum, product, inverse) = (0.0, 0.0, _inverse[firstGroup + group]);
            for (var unit = group * perGroup; unit < (group + 1) * perGroup; unit++)
            {
                sum += _gamma.Span[unit] * _first[unit];
                product += _gamma.Span[unit] * _second[unit];
            }

            var centre = (float)_mean[firstGroup + group];
            var slope = (float)(product * inverse * inverse / GroupFloats);
            for (var unit = group * perGroup; unit < (group + 1) * perGroup; unit++)
            {
                var (gamma, place) = (_gamma.Span[unit], unit * Area);
                for (var i = place; i < place + Area; i++)
                    dx[i] = (float)inverse * ((gamma * dy[i]) - (float)(sum / GroupFloats) - ((x[i] - centre) * slope));
            }
        }
    }
}

using ClusterTrain.Numerics.Elementwise;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Randomness;
using ClusterTrain.Numerics.Replicas;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Numerics.Layers.Normalization;

/// <summary>
/// Scales the inputs by fixed numbers. The weight is [2, channels]: mean and deviation, kept with the parameters as statistics
/// that no step changes, so that whoever has the state has them.
/// </summary>
/// <param name="Definition">With the numbers.</param>
/// <param name="IsFlat">Whether the inputs are features.</param>
public sealed record NormalizeStage(
    ParameterTensor Weight, ParameterTensor Bias, UnitSite Input, UnitSite Output, NormalizeLayer Definition, bool IsFlat)
    : Stage(Weight, Bias, Input, Output), IKernelSource
{
    public override bool RowsAreUnits => false;

    public override bool KeepsUnits => true;

    public override IEnumerable<ParameterTensor> Tensors => [Row("mean", 0), Row("deviation", 1)];

    /// <summary>Over the inputs.</summary>
    public static NormalizeStage Over(NetworkBuilder network, LayerPlace place, NormalizeLayer definition)
    {
        var (weight, bias) = network.UnitRows(place.Path, 2, hasBias: false);
        var output = network.NextOfSame(network.Site.Area);
        return new(weight, bias, network.Site, output, definition, place.Input.Area == 1);
    }

    // A momentum of 0: the commit keeps what is there.
    public override bool IsStatistic(int row) => row >= 0;

    public override void Initialize(Span<float> parameters, RandomStream weights, RandomStream biases)
    {
        for (var unit = 0; unit < Weight.Columns; unit++)
        {
            parameters[Weight.Offset + unit] = (float)Of(Definition.Mean, unit);
            parameters[Weight.Offset + Weight.Columns + unit] = (float)Of(Definition.Deviation, unit);
        }
    }

    public StageKernel CreateKernel(IMatrixProducts products, int maxBatch) => new Kernel(this, products, maxBatch);

    private static double Of(IReadOnlyList<double> numbers, int unit) => numbers.Count == 1 ? numbers[0] : numbers[unit];

    // Shaped so that they spread over maps as they are.
    private ParameterTensor Row(string name, int row) => new(
        $"{Path}.{name}", IsFlat ? [Weight.Columns] : [Weight.Columns, 1, 1], Weight.Offset + (row * Weight.Columns), 1, Weight.Columns,
        IsPenalized: false)
    { IsStatistic = true };

    private sealed class Kernel(NormalizeStage stage, IMatrixProducts products, int maxBatch) : StageKernel(stage, products, maxBatch)
    {
        private readonly float[] _mean = new float[stage.Input.Units];
        private readonly float[] _factor = new float[stage.Input.Units];
        private readonly float[] _zero = new float[stage.Input.Units];

        public override bool WritesInPlace => true;

        public override void Bind(ReadOnlyMemory<float> parameters, ReplicaMask mask, WeightDraw? draw)
        {
            base.Bind(parameters, mask, draw);
            var rows = parameters.Span.Slice(stage.Weight.Offset, stage.Weight.Length);
            foreach (var (i, unit) in mask[stage.Output].Indices.ToArray().Index())
                (_mean[i], _factor[i]) = (rows[unit], (float)(1.0 / rows[stage.Weight.Columns + unit]));
        }

        public override void Forward(ReadOnlySpan<float> x, int batch, bool isTraining)
        {
            var units = Mask[Stage.Output].Count;
            var y = Output.Span[..(batch * Outputs)];
            UnitLoops.Affine(x, _mean.AsSpan(0, units), _factor.AsSpan(0, units), _zero.AsSpan(0, units), y, Stage.Input.Area);
            var scale = Mask[Stage.Output].Scale;
            if (scale != 1f) VectorOps.Scale(y, scale);
        }

        protected override void BackwardLinear(
            ReadOnlySpan<float> x, Span<float> dz, int batch, Span<float> gradient, Span<float> dx, bool gatesDx)
        {
            gradient.Clear();
            if (!dx.IsEmpty) UnitLoops.Scale(dz, _factor.AsSpan(0, Mask[Stage.Output].Count), dx, Stage.Input.Area);
        }
    }
}

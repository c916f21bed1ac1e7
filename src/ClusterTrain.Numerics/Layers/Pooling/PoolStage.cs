using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Replicas;

namespace ClusterTrain.Numerics.Layers.Pooling;

/// <summary>Max pooling as a stage of its own, where no stage before it can take it along.</summary>
/// <param name="Map">What is read, with all channels.</param>
/// <param name="Pool">Window.</param>
/// <param name="Pooled">What is written, with all channels.</param>
public sealed record PoolStage(
    ParameterTensor Weight, ParameterTensor Bias, UnitSite Input, UnitSite Output, MapShape Map, Window Pool, MapShape Pooled)
    : Stage(Weight, Bias, Input, Output), IKernelSource
{
    public override bool RowsAreUnits => false;

    public override bool KeepsUnits => true;

    /// <summary>Which position won.</summary>
    public override long ScratchFloats(int maxBatch) => (long)maxBatch * Output.Features;

    /// <summary>Behind what was built so far.</summary>
    public static PoolStage Over(NetworkBuilder network, LayerPlace place, Window window)
    {
        var (weight, bias) = network.UnitRows(place.Path, 0, hasBias: false);
        var output = network.NextOfSame(place.Output.Area);
        return new(weight, bias, network.Site, output, place.Input, window, place.Output);
    }

    public StageKernel CreateKernel(IMatrixProducts products, int maxBatch) => new Kernel(this, products, maxBatch);

    private sealed class Kernel(PoolStage stage, IMatrixProducts products, int maxBatch) : StageKernel(stage, products, maxBatch)
    {
        private readonly MaxPooling _pooling = new(stage.Map, stage.Pool);
        private readonly int[] _winners = new int[(maxBatch * stage.Output.Features) + Slack];

        // The pooling reads and writes a little beyond its maps; every buffer of a site has room for that.
        public override void Forward(ReadOnlySpan<float> x, int batch, bool isTraining)
        {
            _pooling.Forward(x, batch * Mask[Stage.Output].Count, Output.Span, _winners);
            var scale = Mask[Stage.Output].Scale;
            if (scale != 1f) Elementwise.VectorOps.Scale(Output.Span[..(batch * Outputs)], scale);
        }

        protected override void BackwardLinear(
            ReadOnlySpan<float> x, Span<float> dz, int batch, Span<float> gradient, Span<float> dx, bool gatesDx)
        {
            if (!dx.IsEmpty) _pooling.Backward(dz, batch * Mask[Stage.Output].Count, _winners, dx);
        }
    }
}

using ClusterTrain.Numerics.Elementwise;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Replicas;

namespace ClusterTrain.Numerics.Layers.Dropout;

/// <summary>
/// Picks the kept units out of a site that has to keep all of its own, since others read it: what comes behind is thinned, what
/// comes before is not.
/// </summary>
public sealed record DropStage(ParameterTensor Weight, ParameterTensor Bias, UnitSite Input, UnitSite Output)
    : Stage(Weight, Bias, Input, Output), IKernelSource
{
    public override bool RowsAreUnits => false;

    public override bool KeepsUnits => true;

    /// <summary>Behind what was built so far.</summary>
    public static DropStage Over(NetworkBuilder network, LayerPlace place)
    {
        var (weight, bias) = network.UnitRows(place.Path, 0, hasBias: false);
        return new(weight, bias, network.Site, network.Next(network.Site.Units, network.Site.Area));
    }

    public StageKernel CreateKernel(IMatrixProducts products, int maxBatch) => new Kernel(this, products, maxBatch);

    private sealed class Kernel(DropStage stage, IMatrixProducts products, int maxBatch) : StageKernel(stage, products, maxBatch)
    {
        public override void Forward(ReadOnlySpan<float> x, int batch, bool isTraining)
        {
            var kept = Mask[Stage.Output];
            for (var row = 0; row < batch; row++)
                kept.Gather(x.Slice(row * Inputs, Inputs), Output.Span.Slice(row * Outputs, Outputs));
            if (kept.Scale != 1f) VectorOps.Scale(Output.Span[..(batch * Outputs)], kept.Scale);
        }

        protected override void BackwardLinear(
            ReadOnlySpan<float> x, Span<float> dz, int batch, Span<float> gradient, Span<float> dx, bool gatesDx)
        {
            if (dx.IsEmpty) return;
            dx.Clear();
            for (var row = 0; row < batch; row++)
                Mask[Stage.Output].Scatter(dz.Slice(row * Outputs, Outputs), dx.Slice(row * Inputs, Inputs));
        }
    }
}

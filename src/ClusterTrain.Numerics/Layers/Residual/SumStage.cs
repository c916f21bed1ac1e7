using ClusterTrain.Numerics.Elementwise;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Randomness;
using ClusterTrain.Numerics.Replicas;

namespace ClusterTrain.Numerics.Layers.Residual;

/// <summary>y = relu(x + s), or without the cut. All three sites have the same units and the same mask.</summary>
/// <param name="Shortcut">The second site that is read.</param>
public sealed record SumStage(ParameterTensor Weight, ParameterTensor Bias, UnitSite Input, UnitSite Shortcut, UnitSite Output)
    : Stage(Weight, Bias, Input, Output), IActivatedStage, IKernelSource
{
    public override UnitSite Second => Shortcut;

    public override bool RowsAreUnits => false;

    public override bool KeepsUnits => true;

    public override Stage Over(IReadOnlyList<UnitSite> sites) =>
        this with { Input = sites[Input.Index], Shortcut = sites[Shortcut.Index], Output = sites[Output.Index] };

    public override void Initialize(Span<float> parameters, RandomStream weights, RandomStream biases)
    {
    }

    public Stage? Activated(ActivationLayer activation) => activation is ReluLayer ? this with { Relu = true } : null;

    public StageKernel CreateKernel(IMatrixProducts products, int maxBatch) => new Kernel(this, products, maxBatch);

    private sealed class Kernel(SumStage stage, IMatrixProducts products, int maxBatch) : StageKernel(stage, products, maxBatch)
    {
        public override bool WritesInPlace => true;

        public override void Forward(ReadOnlySpan<float> x, int batch, bool isTraining) =>
            throw new NotSupportedException("A sum reads two sites.");

        public override void Join(ReadOnlySpan<float> x, ReadOnlySpan<float> second, int batch)
        {
            var y = Output.Span[..(batch * Outputs)];
            VectorOps.Sum(x, second, y);
            if (Stage.Relu) UnitLoops.Relu(y);
            var scale = Mask[Stage.Output].Scale;
            if (scale != 1f) VectorOps.Scale(y, scale);
        }

        // Either end's gradient is dz as it is; where it is written over dy, it is there already.
        protected override void BackwardLinear(
            ReadOnlySpan<float> x, Span<float> dz, int batch, Span<float> gradient, Span<float> dx, bool gatesDx)
        {
            if (!dx.IsEmpty && !dz.Overlaps(dx)) dz.CopyTo(dx);
        }
    }
}

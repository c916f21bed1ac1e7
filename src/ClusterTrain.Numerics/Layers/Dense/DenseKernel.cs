using ClusterTrain.Numerics.Elementwise;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Replicas;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Numerics.Layers.Dense;

/// <summary>
/// y = scale * relu(x W^T + b). Weights are packed once per <see cref="Bind"/> and direction, and serve all steps of an
/// attack.
/// </summary>
internal sealed class DenseKernel(DenseStage stage, IMatrixProducts products, int maxBatch)
    : StageKernel(stage, products, maxBatch)
{
    private PackedMatrix? _forward;
    private PackedMatrix? _backward;
    private bool _forwardIsPacked;
    private bool _backwardIsPacked;

    public override bool GatesInputs => true;

    public override void Bind(ReadOnlyMemory<float> parameters, ReplicaMask mask, WeightDraw? draw)
    {
        base.Bind(parameters, mask, draw);
        _forwardIsPacked = false;
        _backwardIsPacked = false;
    }

    public override void Forward(ReadOnlySpan<float> x, int batch, bool isTraining)
    {
        if (!_forwardIsPacked) _forward = Products.Pack(Weights.Matrix().Transpose(), _forward);
        _forwardIsPacked = true;
        Products.Multiply(
            new MatrixView(x, batch, Inputs),
            _forward!,
            new MatrixTarget(Output.Span[..(batch * Outputs)], batch, Outputs),
            new Epilogue { Bias = Weights.Bias(), Relu = Stage.Relu, Scale = Mask[Stage.Output].Scale });
    }

    protected override void BackwardLinear(
        ReadOnlySpan<float> x, Span<float> dz, int batch, Span<float> gradient, Span<float> dx, bool gatesDx)
    {
        if (!gradient.IsEmpty)
        {
            // dW = dz^T x [out, in], db = column sums of dz [out].
            Products.Multiply(
                new MatrixView(dz, batch, Outputs).Transpose(),
                new MatrixView(x, batch, Inputs),
                new MatrixTarget(gradient[..(Outputs * Inputs)], Outputs, Inputs),
                new Epilogue());
            if (Stage.HasBias) VectorOps.ColumnSums(dz, batch, Outputs, Outputs, gradient[(Outputs * Inputs)..]);
        }

        if (dx.IsEmpty) return;
        if (!_backwardIsPacked) _backward = Products.Pack(Weights.Matrix(), _backward);
        _backwardIsPacked = true;
        Products.Multiply(
            new MatrixView(dz, batch, Outputs), _backward!, new MatrixTarget(dx, batch, Inputs),
            new Epilogue { Gate = gatesDx ? x : [], GateScale = Mask[Stage.Input].Scale });
    }
}

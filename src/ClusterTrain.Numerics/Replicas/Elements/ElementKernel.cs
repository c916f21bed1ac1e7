using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Replicas.Convolution;
using ClusterTrain.Numerics.Tensors;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Numerics.Replicas.Elements;

/// <summary>y = scale * pool(activation(norm(x))), each part if the stage has it.</summary>
internal sealed class ElementKernel : StageKernel
{
    private readonly ElementStage _stage;
    private readonly BatchNormalization? _normalization;
    private readonly MaxPooling? _pooling;
    private readonly AlignedBuffer _activated;
    private readonly int[] _winners;

    public ElementKernel(ElementStage stage, IMatrixProducts products, int maxBatch)
        : base(stage, products, maxBatch)
    {
        _stage = stage;
        _normalization = stage.Normalization is null ? null : new BatchNormalization(stage);
        _pooling = stage.Pool is { } pool ? new MaxPooling(stage.Map, pool) : null;
        _activated = new AlignedBuffer((maxBatch * stage.Input.Features) + Slack);
        _winners = new int[_pooling is null ? 0 : (maxBatch * stage.Output.Features) + Slack];
    }

    public override void Bind(ReadOnlyMemory<float> parameters, ReplicaMask mask, WeightDraw? draw)
    {
        base.Bind(parameters, mask, draw);
        _normalization?.Bind(parameters.Span, mask[Stage.Output]);
    }

    public override void Forward(ReadOnlySpan<float> x, int batch, bool isTraining)
    {
        var activated = _activated.Span[..x.Length];
        if (_normalization is null) x.CopyTo(activated);
        else _normalization.Forward(x, activated, Stage.Input.Area, isTraining);
        ActivationFunction.Forward(_stage.Activation, (float)_stage.Slope, activated);

        var y = Output.Span[..(batch * Outputs)];
        if (_pooling is null) activated.CopyTo(y);
        else _pooling.Forward(_activated.Span, batch * Mask[Stage.Output].Count, Output.Span, _winners);
        var scale = Mask[Stage.Output].Scale;
        if (scale != 1f) Elementwise.VectorOps.Scale(y, scale);
    }

    protected override void BackwardLinear(
        ReadOnlySpan<float> x, Span<float> dz, int batch, Span<float> gradient, Span<float> dx, bool gatesDx)
    {
        // dx is never empty: the first stage of a network has weights of its own.
        if (_pooling is null) dz.CopyTo(dx);
        else _pooling.Backward(dz, batch * Mask[Stage.Output].Count, _winners, dx);
        ActivationFunction.Backward(_stage.Activation, (float)_stage.Slope, _activated.Span[..x.Length], dx);
        _normalization?.Backward(x, dx, gradient, dx, Stage.Input.Area);
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ClusterTrain.Numerics.Layers.Pooling;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Replicas;
using ClusterTrain.Numerics.Tensors;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Numerics.Layers.Elements;

/// <summary>y = scale * pool(activation(norm(x))), each part if the stage has it.</summary>
internal sealed class ElementKernel : StageKernel
{
    private readonly ElementStage _stage;
    private readonly BatchNormalization? _normalization;
    private readonly MaxPooling? _pooling;
    private readonly AlignedBuffer? _activated;
    private readonly int[] _winners;
    private readonly AlignedBuffer? _normalized;
    private AlignedBuffer? _spare;

    public ElementKernel(ElementStage stage, IMatrixProducts products, int maxBatch)
        : base(stage, products, maxBatch)
    {
        _stage = stage;
        _normalization = stage.Normalization is null ? null : new BatchNormalization(stage);
        _pooling = stage.Pool is { } pool ? new MaxPooling(stage.Map, pool) : null;
        _activated = _pooling is null && stage.Output.Rate == 0 ? null : new AlignedBuffer((maxBatch * stage.Input.Features) + Slack);
        _normalized = stage is { Activation.NeedsInput: true, Normalization: not null } ? new AlignedBuffer(maxBatch * stage.Input.Features) : null;
        _winners = new int[_pooling is null ? 0 : (maxBatch * stage.Output.Features) + Slack];
    }

    public override bool WritesInPlace => _pooling is null;

    public override void Bind(ReadOnlyMemory<float> parameters, ReplicaMask mask, WeightDraw? draw)
    {
        base.Bind(parameters, mask, draw);
        _normalization?.Bind(parameters.Span, mask[Stage.Output]);
    }

    public override void Forward(ReadOnlySpan<float> x, int batch, bool isTraining)
    {
        var activated = Activated(x.Length);
        if (_normalization is null) x.CopyTo(activated);
        else _normalization.Forward(x, activated, Stage.Input.Area, isTraining);
        if (_normalized is not null) activated.CopyTo(_normalized.Span);
        _stage.Activation?.Forward(activated);

        var y = Output.Span[..(batch * Outputs)];
        if (_pooling is not null) _pooling.Forward(_activated!.Span, batch * Mask[Stage.Output].Count, Output.Span, _winners);
        else if (_activated is not null) activated.CopyTo(y);
        var scale = Mask[Stage.Output].Scale;
        if (scale != 1f) Elementwise.VectorOps.Scale(y, scale);
    }

    protected override void BackwardLinear(
        ReadOnlySpan<float> x, Span<float> dz, int batch, Span<float> gradient, Span<float> dx, bool gatesDx)
    {
        // Where nobody wants dx it is worked out all the same, in memory that is free: the parameters' gradient needs it.
        if (dx.IsEmpty) dx = _pooling is null ? dz : Spare(x.Length);
        if (_pooling is not null) _pooling.Backward(dz, batch * Mask[Stage.Output].Count, _winners, dx);
        else if (!Unsafe.AreSame(ref MemoryMarshal.GetReference(dz), ref MemoryMarshal.GetReference(dx))) dz.CopyTo(dx);
        _stage.Activation?.Backward(Input(x), Activated(x.Length), dx);
        _normalization?.Backward(x, dx, gradient, dx, Stage.Input.Area);
    }

    // What the activation read, where its derivative needs that.
    private ReadOnlySpan<float> Input(ReadOnlySpan<float> x) =>
        _stage.Activation is not { NeedsInput: true } ? [] : _normalized is null ? x : _normalized.Span[..x.Length];

    // What the activation made, before pooling and scale: kept only where these leave something else behind.
    private Span<float> Activated(int length) => (_activated ?? Output).Span[..length];

    private Span<float> Spare(int length) => (_spare ??= new AlignedBuffer(_activated!.Length)).Span[..length];
}

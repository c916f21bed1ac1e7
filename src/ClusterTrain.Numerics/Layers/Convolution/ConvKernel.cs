using ClusterTrain.Numerics.Layers.Pooling;
using ClusterTrain.Numerics.Lanes;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Managed;
using ClusterTrain.Numerics.Replicas;
using ClusterTrain.Numerics.Tensors;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Numerics.Layers.Convolution;

/// <summary>
/// A convolution and the pooling behind it, a few images at a time, so that maps which pooling is about to shrink never leave the
/// cache.
/// </summary>
/// <remarks>
/// Rows [batch, kept channels, height, width]. Every output is one chain over (channel, row, column) of the kernel, then
/// bias, ReLU, scale. Every weight's gradient is one chain over (image, row, column) of the output, whatever the groups.
/// An input's gradient adds, over (row, column) of the kernel in ascending order, from +0, chains over the output
/// channels. Biases: see <see cref="ChannelSums"/>.
/// </remarks>
internal sealed class ConvKernel : StageKernel
{
    // Floats of a group's widest scratch: half of a second-level cache of 1 MB, the rest is for inputs and weights.
    private const int GroupFloats = 128 * 1024;

    // Positions that go through a product together at least, where there are as many: weights are read and packed once for each
    // group, and those of a deep layer are larger than the cache.
    private const int GroupPositions = 1024;

    private readonly ConvStage _stage;
    private readonly IConvolution _convolution;
    private readonly ChannelSums _sums;
    private readonly MaxPooling? _pooling;
    private readonly int _forwardGroup;
    private readonly int _backwardGroup;
    private readonly AlignedBuffer _maps;
    private readonly int[] _winners;

    public ConvKernel(ConvStage stage, IMatrixProducts products, int maxBatch)
        : base(stage, products, maxBatch)
    {
        _stage = stage;
        var maps = stage.Convolved.Features;
        (_forwardGroup, _backwardGroup) = Groups(stage, maxBatch);
        _convolution = products is ManagedProducts { Width: var width } && DirectConvolution.Suits(stage, width)
            ? new DirectConvolution(stage, width)
            : new ColumnConvolution(stage, products, _forwardGroup, _backwardGroup);
        _sums = new ChannelSums(stage.Output.Units);
        _pooling = stage.Pool is { } pool ? new MaxPooling(stage.Convolved, pool) : null;
        _maps = new AlignedBuffer(_pooling is null ? 0 : (Math.Max(_forwardGroup, _backwardGroup) * maps) + Slack);
        _winners = new int[_pooling is null ? 0 : (maxBatch * stage.Output.Features) + Slack];
    }

    private int Channels => Weights.Rows;

    private int Area => _stage.Convolved.Area;

    /// <summary>See <see cref="Stage.ScratchFloats"/>, of managed products: maps before pooling, which position won, what the convolution takes.</summary>
    public static long ScratchFloats(ConvStage stage, int maxBatch)
    {
        var (forward, backward) = Groups(stage, maxBatch);
        return (stage.Pool is null ? 0 : ((long)Math.Max(forward, backward) * stage.Convolved.Features) + ((long)maxBatch * stage.Output.Features))
            + (DirectConvolution.Suits(stage, VectorWidths.Best)
                ? DirectConvolution.ScratchFloats(stage) : ColumnConvolution.ScratchFloats(stage, forward, backward));
    }

    public override void Bind(ReadOnlyMemory<float> parameters, ReplicaMask mask, WeightDraw? draw)
    {
        base.Bind(parameters, mask, draw);
        _convolution.Bind(mask[Stage.Input].Count, Channels);
    }

    public override void Forward(ReadOnlySpan<float> x, int batch, bool isTraining)
    {
        var epilogue = new Epilogue
        {
            Bias = Weights.Bias(), BiasRunsDown = true, Relu = Stage.Relu, Scale = Mask[Stage.Output].Scale,
        };
        for (var first = 0; first < batch; first += _forwardGroup)
        {
            var images = Math.Min(_forwardGroup, batch - first);
            var y = _pooling is null ? Output.Span.Slice(first * Outputs, images * Outputs) : _maps.Span;
            _convolution.Forward(x.Slice(first * Inputs, images * Inputs), images, Weights, epilogue, y);
            _pooling?.Forward(
                y, images * Channels, Output.Span[(first * Outputs)..], _winners.AsSpan(first * Outputs));
        }
    }

    protected override void BackwardLinear(
        ReadOnlySpan<float> x, Span<float> dz, int batch, Span<float> gradient, Span<float> dx, bool gatesDx)
    {
        var weights = Weights.Rows * Weights.Columns;
        _sums.Clear();
        for (var first = 0; first < batch; first += _backwardGroup)
        {
            var images = Math.Min(_backwardGroup, batch - first);
            var maps = dz.Slice(first * Outputs, images * Outputs);
            if (_pooling is not null)
            {
                _pooling.Backward(maps, images * Channels, _winners.AsSpan(first * Outputs), _maps.Span);
                maps = _maps.Span[..(images * Channels * Area)];
            }

            if (!gradient.IsEmpty)
            {
                _convolution.WeightGradient(
                    x.Slice(first * Inputs, images * Inputs), maps, images, gradient[..weights], first == 0, first + images == batch);
                if (Stage.HasBias) _sums.Add(maps, images, Channels, Area);
            }

            if (!dx.IsEmpty) _convolution.InputGradient(maps, images, Weights, dx.Slice(first * Inputs, images * Inputs));
        }

        if (!gradient.IsEmpty && Stage.HasBias) _sums.CopyTo(gradient[weights..]);
    }

    // Images that go through the products together.
    private static (int Forward, int Backward) Groups(ConvStage stage, int maxBatch)
    {
        var (maps, area) = (stage.Convolved.Features, stage.Convolved.Area);
        var least = GroupPositions / area;
        return (Math.Clamp(Math.Max(least, GroupFloats / maps), 1, maxBatch),
            Math.Clamp(Math.Max(least, (int)(GroupFloats / Math.Max(maps, ColumnConvolution.ColumnFloats(stage)))), 1, maxBatch));
    }
}

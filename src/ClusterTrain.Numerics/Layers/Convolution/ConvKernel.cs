using ClusterTrain.Numerics.Layers.Pooling;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Replicas;
using ClusterTrain.Numerics.Tensors;
using ClusterTrain.Numerics.Thinning;

namespace ClusterTrain.Numerics.Layers.Convolution;

/// <summary>
/// A convolution and the pooling behind it, as matrix products over the columns of a few images at a time, so that maps
/// which pooling is about to shrink never leave the cache.
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

    // Rows of the columns' gradient that exist at a time: as many as the products block.
    private const int ChunkRows = 240;

    private readonly ConvStage _stage;
    private readonly WindowColumns _columns;
    private readonly ColumnFolding _folding;
    private readonly ChannelSums _sums;
    private readonly MaxPooling? _pooling;
    private readonly int _forwardGroup;
    private readonly int _backwardGroup;
    private readonly int _chunk;
    private readonly AlignedBuffer _maps;
    private readonly AlignedBuffer _columnGradient;
    private readonly int[] _winners;

    private readonly bool _isPointwise;

    public ConvKernel(ConvStage stage, IMatrixProducts products, int maxBatch)
        : base(stage, products, maxBatch)
    {
        _stage = stage;
        _isPointwise = IsPointwise(stage);
        var maps = stage.Convolved.Features;
        (_forwardGroup, _backwardGroup) = Groups(stage, maxBatch);
        _chunk = Chunk(stage);
        _columns = new WindowColumns(stage, Math.Max(_forwardGroup, _backwardGroup));
        _folding = new ColumnFolding(stage);
        _sums = new ChannelSums(stage.Output.Units);
        _pooling = stage.Pool is { } pool ? new MaxPooling(stage.Convolved, pool) : null;
        _maps = new AlignedBuffer(_pooling is null ? 0 : (Math.Max(_forwardGroup, _backwardGroup) * maps) + Slack);
        _columnGradient = new AlignedBuffer(
            _isPointwise ? 0 : (_chunk * stage.Kernel.Area * _backwardGroup * stage.Convolved.Area) + Slack);
        _winners = new int[_pooling is null ? 0 : (maxBatch * stage.Output.Features) + Slack];
    }

    private int Channels => Weights.Rows;

    private int Area => _stage.Convolved.Area;

    /// <summary>See <see cref="Stage.ScratchFloats"/>: maps before pooling, the columns' gradient, which position won, places, padded images.</summary>
    public static long ScratchFloats(ConvStage stage, int maxBatch)
    {
        var (forward, backward) = Groups(stage, maxBatch);
        var (convolved, map, border, images) = (stage.Convolved, stage.Map, 2 * stage.Kernel.Padding, Math.Max(forward, backward));
        return (stage.Pool is null ? 0 : ((long)images * convolved.Features) + ((long)maxBatch * stage.Output.Features))
            + (IsPointwise(stage)
                ? 0 : (long)Chunk(stage) * stage.Kernel.Area * backward * convolved.Area)
            + (2L * images * convolved.Area)
            + (border == 0 ? 0 : (long)images * map.Channels * (map.Height + border) * (map.Width + border));
    }

    public override void Bind(ReadOnlyMemory<float> parameters, ReplicaMask mask, WeightDraw? draw)
    {
        base.Bind(parameters, mask, draw);
        _columns.Bind(mask[Stage.Input].Count, Channels);
    }

    public override void Forward(ReadOnlySpan<float> x, int batch, bool isTraining)
    {
        for (var first = 0; first < batch; first += _forwardGroup)
        {
            var images = Math.Min(_forwardGroup, batch - first);
            var y = _pooling is null ? Output.Span.Slice(first * Outputs, images * Outputs) : _maps.Span;
            Products.Multiply(
                Weights.Matrix(),
                _columns.Right(x.Slice(first * Inputs, images * Inputs), images),
                _columns.MapsTarget(y, images),
                new Epilogue
                {
                    Bias = Weights.Bias(), BiasRunsDown = true, Relu = Stage.Relu, Scale = Mask[Stage.Output].Scale,
                });
            _pooling?.Forward(
                y, images * Channels, Output.Span[(first * Outputs)..], _winners.AsSpan(first * Outputs));
        }
    }

    // A kernel of one position that stands on every input.
    private static bool IsPointwise(ConvStage stage) => stage.Kernel is { Size: 1, Stride: 1, Padding: 0 };

    // Images that go through the products together.
    private static (int Forward, int Backward) Groups(ConvStage stage, int maxBatch)
    {
        var (maps, area) = (stage.Convolved.Features, stage.Convolved.Area);
        var least = GroupPositions / area;
        return (Math.Clamp(Math.Max(least, GroupFloats / maps), 1, maxBatch),
            Math.Clamp(Math.Max(least, GroupFloats / Math.Max(maps, Chunk(stage) * stage.Kernel.Area * area)), 1, maxBatch));
    }

    // Input channels whose columns' gradient exists at a time.
    private static int Chunk(ConvStage stage) => Math.Clamp(ChunkRows / stage.Kernel.Area, 1, stage.Map.Channels);

    protected override void BackwardLinear(
        ReadOnlySpan<float> x, Span<float> dz, int batch, Span<float> gradient, Span<float> dx, bool gatesDx)
    {
        var (weights, channels) = (Weights.Rows * Weights.Columns, Mask[Stage.Input].Count);
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
                // dW = dz columns^T: [out, in * kernel * kernel].
                Products.Multiply(
                    _columns.Maps(maps, images),
                    _columns.RightTransposed(x.Slice(first * Inputs, images * Inputs), images),
                    new MatrixTarget(gradient[..weights], Weights.Rows, Weights.Columns),
                    new Epilogue { Accumulate = first > 0 });
                if (Stage.HasBias) _sums.Add(maps, images, Channels, Area);
            }

            if (!dx.IsEmpty && _isPointwise)
            {
                // Each input stands in one column, which is its place: no columns, nothing to fold.
                Products.Multiply(
                    Weights.Matrix().Transpose(),
                    _columns.Maps(maps, images),
                    _columns.ImagesTarget(dx[(first * Inputs)..], images),
                    new Epilogue());
            }
            else if (!dx.IsEmpty)
            {
                for (var channel = 0; channel < channels; channel += _chunk)
                {
                    // Columns' gradient = W^T dz: [some in * kernel * kernel, images * positions].
                    var some = Math.Min(_chunk, channels - channel);
                    var taps = some * _stage.Kernel.Area;
                    Products.Multiply(
                        Weights.Matrix().ColumnsFrom(channel * _stage.Kernel.Area, taps).Transpose(),
                        _columns.Maps(maps, images),
                        new MatrixTarget(_columnGradient.Span[..(taps * images * Area)], taps, images * Area),
                        new Epilogue());
                    _folding.Fold(_columnGradient.Span, images, channel, some, channels, dx[(first * Inputs)..]);
                }
            }
        }

        if (!gradient.IsEmpty && Stage.HasBias) _sums.CopyTo(gradient[weights..]);
    }
}

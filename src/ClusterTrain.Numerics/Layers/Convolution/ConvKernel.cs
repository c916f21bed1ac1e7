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

    private readonly ConvStage _stage;
    private readonly WindowColumns _columns;
    private readonly ColumnFolding _folding;
    private readonly ChannelSums _sums;
    private readonly MaxPooling? _pooling;
    private readonly int _forwardGroup;
    private readonly int _backwardGroup;
    private readonly AlignedBuffer _maps;
    private readonly AlignedBuffer _columnGradient;
    private readonly int[] _winners;

    // A kernel of one position that stands on every input.
    private readonly bool _isPointwise;

    public ConvKernel(ConvStage stage, IMatrixProducts products, int maxBatch)
        : base(stage, products, maxBatch)
    {
        _stage = stage;
        _isPointwise = stage.Kernel is { Size: 1, Stride: 1, Padding: 0 };
        var (maps, columns) = (stage.Convolved.Features, stage.Weight.Columns * stage.Convolved.Area);
        (_forwardGroup, _backwardGroup) = Groups(stage, maxBatch);
        _columns = new WindowColumns(stage, _forwardGroup);
        _folding = new ColumnFolding(stage);
        _sums = new ChannelSums(stage.Output.Units);
        _pooling = stage.Pool is { } pool ? new MaxPooling(stage.Convolved, pool) : null;
        _maps = new AlignedBuffer(_pooling is null ? 0 : (_forwardGroup * maps) + Slack);
        _columnGradient = new AlignedBuffer((_backwardGroup * columns) + Slack);
        _winners = new int[_pooling is null ? 0 : (maxBatch * stage.Output.Features) + Slack];
    }

    private int Channels => Weights.Rows;

    private int Area => _stage.Convolved.Area;

    /// <summary>See <see cref="Stage.ScratchFloats"/>: maps before pooling, the columns' gradient, which position won, places, padded images.</summary>
    public static long ScratchFloats(ConvStage stage, int maxBatch)
    {
        var (forward, backward) = Groups(stage, maxBatch);
        var (convolved, map, border) = (stage.Convolved, stage.Map, 2 * stage.Kernel.Padding);
        return (stage.Pool is null ? 0 : ((long)forward * convolved.Features) + ((long)maxBatch * stage.Output.Features))
            + ((long)backward * stage.Weight.Columns * convolved.Area)
            + (2L * forward * convolved.Area)
            + (border == 0 ? 0 : (long)forward * map.Channels * (map.Height + border) * (map.Width + border));
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

    // Images that go through the products together.
    private static (int Forward, int Backward) Groups(ConvStage stage, int maxBatch)
    {
        var (maps, columns) = (stage.Convolved.Features, stage.Weight.Columns * stage.Convolved.Area);
        return (Math.Clamp(GroupFloats / maps, 1, maxBatch), Math.Clamp(GroupFloats / Math.Max(maps, columns), 1, maxBatch));
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
                // Columns' gradient = W^T dz: [in * kernel * kernel, images * positions].
                var columns = _columnGradient.Span;
                Products.Multiply(
                    Weights.Matrix().Transpose(),
                    _columns.Maps(maps, images),
                    new MatrixTarget(columns[..(Weights.Columns * images * Area)], Weights.Columns, images * Area),
                    new Epilogue());
                _folding.Fold(columns, images, Mask[Stage.Input].Count, dx[(first * Inputs)..]);
            }
        }

        if (!gradient.IsEmpty && Stage.HasBias) _sums.CopyTo(gradient[weights..]);
    }
}

using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Replicas;
using ClusterTrain.Numerics.Tensors;

namespace ClusterTrain.Numerics.Layers.Convolution;

/// <summary>A convolution as matrix products over the columns of a few images: any window, any backend.</summary>
internal sealed class ColumnConvolution : IConvolution
{
    // Rows of the columns' gradient that exist at a time: as many as the products block.
    private const int ChunkRows = 240;

    private readonly ConvStage _stage;
    private readonly IMatrixProducts _products;
    private readonly WindowColumns _columns;
    private readonly ColumnFolding _folding;
    private readonly int _chunk;
    private readonly AlignedBuffer _columnGradient;
    private readonly bool _isPointwise;
    private int _channels;
    private int _outChannels;

    /// <param name="images">Most images of a forward pass.</param>
    /// <param name="backwardImages">Most images of a backward pass.</param>
    public ColumnConvolution(ConvStage stage, IMatrixProducts products, int images, int backwardImages)
    {
        (_stage, _products) = (stage, products);
        _isPointwise = IsPointwise(stage);
        _chunk = Chunk(stage);
        _columns = new WindowColumns(stage, Math.Max(images, backwardImages));
        _folding = new ColumnFolding(stage);
        _columnGradient = new AlignedBuffer(
            _isPointwise ? 0 : (_chunk * stage.Kernel.Area * backwardImages * stage.Convolved.Area) + StageKernel.Slack);
    }

    private int Area => _stage.Convolved.Area;

    /// <summary>The columns' gradient, places of columns, padded images.</summary>
    public static long ScratchFloats(ConvStage stage, int images, int backwardImages)
    {
        var (convolved, map, border, most) = (stage.Convolved, stage.Map, 2 * stage.Kernel.Padding, Math.Max(images, backwardImages));
        return (IsPointwise(stage) ? 0 : ColumnFloats(stage) * backwardImages)
            + (2L * most * convolved.Area)
            + (border == 0 ? 0 : (long)most * map.Channels * (map.Height + border) * (map.Width + border));
    }

    /// <summary>Floats of an image's columns' gradient that exist at a time.</summary>
    public static long ColumnFloats(ConvStage stage) => (long)Chunk(stage) * stage.Kernel.Area * stage.Convolved.Area;

    public void Bind(int channels, int outChannels)
    {
        (_channels, _outChannels) = (channels, outChannels);
        _columns.Bind(channels, outChannels);
    }

    public void Forward(ReadOnlySpan<float> x, int images, KeptWeights weights, Epilogue epilogue, Span<float> maps) =>
        _products.Multiply(weights.Matrix(), _columns.Right(x, images), _columns.MapsTarget(maps, images), epilogue);

    public void WeightGradient(
        ReadOnlySpan<float> x, ReadOnlySpan<float> maps, int images, Span<float> gradient, bool isFirst, bool isLast) =>
        // dW = dz columns^T: [out, in * kernel * kernel].
        _products.Multiply(
            _columns.Maps(maps, images),
            _columns.RightTransposed(x, images),
            new MatrixTarget(gradient, _outChannels, _channels * _stage.Kernel.Area),
            new Epilogue { Accumulate = !isFirst });

    public void InputGradient(ReadOnlySpan<float> maps, int images, KeptWeights weights, Span<float> dx)
    {
        if (_isPointwise)
        {
            // Each input stands in one column, which is its place: no columns, nothing to fold.
            _products.Multiply(
                weights.Matrix().Transpose(), _columns.Maps(maps, images), _columns.ImagesTarget(dx, images), new Epilogue());
            return;
        }

        for (var channel = 0; channel < _channels; channel += _chunk)
        {
            // Columns' gradient = W^T dz: [some in * kernel * kernel, images * positions].
            var some = Math.Min(_chunk, _channels - channel);
            var taps = some * _stage.Kernel.Area;
            _products.Multiply(
                weights.Matrix().ColumnsFrom(channel * _stage.Kernel.Area, taps).Transpose(),
                _columns.Maps(maps, images),
                new MatrixTarget(_columnGradient.Span[..(taps * images * Area)], taps, images * Area),
                new Epilogue());
            _folding.Fold(_columnGradient.Span, images, channel, some, _channels, dx);
        }
    }

    // A kernel of one position that stands on every input.
    private static bool IsPointwise(ConvStage stage) => stage.Kernel is { Size: 1, Stride: 1, Padding: 0 };

    // Input channels whose columns' gradient exists at a time.
    private static int Chunk(ConvStage stage) => Math.Clamp(ChunkRows / stage.Kernel.Area, 1, stage.Map.Channels);
}

using ClusterTrain.Numerics.Lanes;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Kernels;
using ClusterTrain.Numerics.Replicas;
using ClusterTrain.Numerics.Tensors;

namespace ClusterTrain.Numerics.Layers.Convolution;

/// <summary>
/// A 3 x 3 convolution of stride 1 that reads images where they lie: no columns are packed on the way forward, none are made and folded
/// on the way back. Image after image; weights are packed once for each mask.
/// </summary>
internal sealed unsafe class DirectConvolution : IConvolution
{
    private const int Size = 3;
    private const int Taps = Size * Size;

    // Below this share of lanes that are outputs, products over the columns of many images are faster.
    private const double LeastShare = 0.7;

    private readonly ConvStage _stage;
    private readonly TileKernels _kernels;
    private readonly ConvTiles _tiles;
    private readonly PaddedMaps _inputs;
    private readonly PaddedMaps _outputs;
    private readonly VectorPlaces _forward;
    private readonly VectorPlaces _backward;
    private readonly TapGradients _gradients;
    private readonly int[] _taps;
    private readonly int[] _backwardTaps = new int[Taps];
    private readonly AlignedBuffer _tile;
    private readonly AlignedBuffer _vectors;
    private AlignedBuffer _packed = new(0);
    private AlignedBuffer _transposed = new(0);
    private bool _isPacked;
    private bool _isTransposed;
    private int _channels;
    private int _outChannels;

    /// <exception cref="ArgumentException">It does not suit the stage.</exception>
    public DirectConvolution(ConvStage stage, VectorWidth width)
    {
        if (!Suits(stage, width)) throw new ArgumentException($"{stage.Kernel} over {stage.Map} is not for this.", nameof(stage));
        (_stage, _kernels, _tiles) = (stage, TileKernels.For(width), ConvTiles.For(width));
        var (map, convolved, border) = (stage.Map, stage.Convolved, stage.Kernel.Padding);
        _inputs = new PaddedMaps(map.Channels, map.Height, map.Width, border);
        _outputs = new PaddedMaps(convolved.Channels, convolved.Height, convolved.Width, Size - 1 - border);
        _forward = new VectorPlaces(convolved.Height, convolved.Width, _inputs.Pitch, _kernels.Lanes);
        _backward = new VectorPlaces(map.Height, map.Width, _outputs.Pitch, _kernels.Lanes);
        _gradients = new TapGradients(stage, width);
        _tile = new AlignedBuffer(_kernels.MaxRows * _kernels.MaxColumns);
        _vectors = new AlignedBuffer(Math.Max(
            _forward.IsExact ? 0 : _kernels.MaxRows * _forward.Floats, _backward.IsExact ? 0 : _tiles.SumRows * _backward.Floats));
        _taps = new int[map.Channels * Taps];
        for (var i = 0; i < _taps.Length; i++)
            _taps[i] = (i / Taps * _inputs.MapFloats) + (i % Taps / Size * _inputs.Pitch) + (i % Size);

        // An input stands under the kernel's last row and column first.
        for (var tap = 0; tap < Taps; tap++)
            _backwardTaps[tap] = ((Size - 1 - (tap / Size)) * _outputs.Pitch) + Size - 1 - (tap % Size);
    }

    /// <summary>Whether a stage is run this way where vectors have that width.</summary>
    public static bool Suits(ConvStage stage, VectorWidth width)
    {
        if (stage.Kernel is not { Size: Size, Stride: 1, Padding: < Size }) return false;
        var (map, convolved, border, lanes) = (stage.Map, stage.Convolved, 2 * stage.Kernel.Padding, (int)width / (8 * sizeof(float)));
        return VectorPlaces.Share(convolved.Height, convolved.Width, map.Width + border, lanes) >= LeastShare
            && VectorPlaces.Share(map.Height, map.Width, convolved.Width + (2 * (Size - 1)) - border, lanes) >= LeastShare;
    }

    /// <summary>Padded images, outputs between which something is thrown away, the gradient with its output channels last.</summary>
    public static long ScratchFloats(ConvStage stage)
    {
        var (map, convolved, border) = (stage.Map, stage.Convolved, stage.Kernel.Padding);
        return PaddedMaps.Floats(map.Channels, map.Height, map.Width, border)
            + PaddedMaps.Floats(convolved.Channels, convolved.Height, convolved.Width, Size - 1 - border)
            + TapGradients.ScratchFloats(stage);
    }

    public void Bind(int channels, int outChannels) =>
        (_channels, _outChannels, _isPacked, _isTransposed) = (channels, outChannels, false, false);

    public void Forward(ReadOnlySpan<float> x, int images, KeptWeights weights, Epilogue epilogue, Span<float> maps)
    {
        var depth = _channels * Taps;
        Pack(weights.Matrix());
        var (inputs, outputs) = (_channels * _stage.Map.Area, _outChannels * _stage.Convolved.Area);
        fixed (float* packed = _packed.Span, bias = epilogue.Bias)
        fixed (int* taps = _taps)
        {
            for (var image = 0; image < images; image++)
            {
                var padded = _inputs.Fill(x.Slice(image * inputs, inputs));
                fixed (float* from = padded)
                {
                    for (var (row, height) = (0, 0); row < _outChannels; row += height)
                    {
                        height = Height(row, _outChannels, _kernels.MaxRows);
                        var finish = new TileFinish(epilogue, bias is null ? null : bias + row, null, 0);
                        Rows(
                            packed + ((nint)row * depth), from, taps, depth, height, finish,
                            maps.Slice((image * outputs) + (row * _stage.Convolved.Area), height * _stage.Convolved.Area));
                    }
                }
            }
        }
    }

    public void WeightGradient(
        ReadOnlySpan<float> x, ReadOnlySpan<float> maps, int images, Span<float> gradient, bool isFirst, bool isLast)
    {
        var (inputs, outputs) = (_channels * _stage.Map.Area, _outChannels * _stage.Convolved.Area);
        if (isFirst) _gradients.Begin(_channels, _outChannels);
        for (var image = 0; image < images; image++)
            _gradients.Add(_inputs.Fill(x.Slice(image * inputs, inputs)), _inputs.MapFloats, _inputs.Pitch, maps.Slice(image * outputs, outputs));
        if (isLast) _gradients.CopyTo(gradient);
    }

    public void InputGradient(ReadOnlySpan<float> maps, int images, KeptWeights weights, Span<float> dx)
    {
        Transpose(weights.Matrix());
        var (inputs, outputs) = (_channels * _stage.Map.Area, _outChannels * _stage.Convolved.Area);
        fixed (float* transposed = _transposed.Span)
        fixed (int* taps = _backwardTaps)
        {
            for (var image = 0; image < images; image++)
            {
                fixed (float* from = _outputs.Fill(maps.Slice(image * outputs, outputs)))
                {
                    for (var (row, height) = (0, 0); row < _channels; row += height)
                    {
                        height = Height(row, _channels, _tiles.SumRows);
                        SumRows(
                            transposed + ((nint)row * Taps * _outChannels), from, taps, height,
                            dx.Slice((image * inputs) + (row * _stage.Map.Area), height * _stage.Map.Area));
                    }
                }
            }
        }
    }

    // Maps of a few output channels.
    private void Rows(float* weights, float* from, int* taps, int depth, int height, in TileFinish finish, Span<float> maps)
    {
        var (lanes, offsets) = (_kernels.Lanes, _forward.Offsets);
        fixed (float* exact = maps, vectors = _vectors.Span, tile = _tile.Span)
        {
            var (to, stride) = _forward.IsExact ? ((nint)exact, _stage.Convolved.Area) : ((nint)vectors, _forward.Floats);
            for (var i = 0; i < offsets.Length; i += TileKernels.MaxVectors)
            {
                var count = Math.Min(TileKernels.MaxVectors, offsets.Length - i);
                var target = (float*)to + (i * lanes);
                _kernels.MultiplyListed(height, count, new TileTask
                {
                    A = weights,
                    AStep = height,
                    B = from + offsets[i],
                    Steps = taps,
                    SecondVector = count > 1 ? offsets[i + 1] - offsets[i] : 0,
                    Depth = depth,
                    C = finish.IsNothing ? target : tile,
                    CStride = finish.IsNothing ? stride : count * lanes,
                });
                if (!finish.IsNothing) _kernels.Finish(tile, count * lanes, target, stride, height, count, finish);
            }
        }

        if (!_forward.IsExact) _forward.Compact(_vectors.Span, maps);
    }

    // Gradients of a few input channels.
    private void SumRows(float* weights, float* from, int* taps, int height, Span<float> maps)
    {
        var (lanes, offsets) = (_kernels.Lanes, _backward.Offsets);
        fixed (float* exact = maps, vectors = _vectors.Span)
        {
            var (to, stride) = _backward.IsExact ? ((nint)exact, _stage.Map.Area) : ((nint)vectors, _backward.Floats);
            for (var i = 0; i < offsets.Length; i += TileKernels.MaxVectors)
            {
                var count = Math.Min(TileKernels.MaxVectors, offsets.Length - i);
                _tiles.SumTaps(height, count, new TapSumTask
                {
                    A = weights,
                    B = from + offsets[i],
                    Taps = taps,
                    TapCount = Taps,
                    BStep = _outputs.MapFloats,
                    SecondVector = count > 1 ? offsets[i + 1] - offsets[i] : 0,
                    Depth = _outChannels,
                    C = (float*)to + (i * lanes),
                    CStride = stride,
                });
            }
        }

        if (!_backward.IsExact) _backward.Compact(_vectors.Span, maps);
    }

    // [tiles of output channels][input channel, tap][output channels of the tile].
    private void Pack(in MatrixView weights)
    {
        if (_isPacked) return;
        _isPacked = true;
        var depth = _channels * Taps;
        var packed = Grown(ref _packed, weights.Rows * depth);
        for (var (row, height) = (0, 0); row < _outChannels; row += height)
        {
            height = Height(row, _outChannels, _kernels.MaxRows);
            for (var i = 0; i < height; i++)
                for (var k = 0; k < depth; k++)
                    packed[(row * depth) + (k * height) + i] = weights[row + i, k];
        }
    }

    // [tiles of input channels][tap][output channel][input channels of the tile].
    private void Transpose(in MatrixView weights)
    {
        if (_isTransposed) return;
        _isTransposed = true;
        var transposed = Grown(ref _transposed, _outChannels * _channels * Taps);
        for (var (row, height) = (0, 0); row < _channels; row += height)
        {
            height = Height(row, _channels, _tiles.SumRows);
            for (var output = 0; output < _outChannels; output++)
                for (var i = 0; i < height; i++)
                    for (var tap = 0; tap < Taps; tap++)
                        transposed[(row * Taps * _outChannels) + (((tap * _outChannels) + output) * height) + i] =
                            weights[output, ((row + i) * Taps) + tap];
        }
    }

    // Rows dealt evenly over as few tiles as there can be: the next tile's height, as long as none is higher than the most.
    private static int Height(int row, int rows, int most)
    {
        var tiles = (rows - row + most - 1) / most;
        return (rows - row + tiles - 1) / tiles;
    }

    private static Span<float> Grown(ref AlignedBuffer buffer, int length)
    {
        if (buffer.Length < length) buffer = new AlignedBuffer(length);
        return buffer.Span;
    }
}

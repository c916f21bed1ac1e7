using ClusterTrain.Numerics.Lanes;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Tensors;

namespace ClusterTrain.Numerics.Layers.Convolution;

/// <summary>
/// The gradient of a 3 x 3 convolution's weights while images come one after the other: [tiles of output channels, input channels, 9,
/// output channels of a tile], so that a vector holds output channels and an input is read where it lies.
/// </summary>
internal sealed unsafe class TapGradients
{
    private const int Taps = 9;
    private const int MostLanes = 16;

    private readonly ConvStage _stage;
    private readonly ConvTiles _tiles;
    private readonly PanelPacker _packer;
    private readonly int _lanes;
    private AlignedBuffer _sums = new(0);
    private AlignedBuffer _outputs = new(0);
    private int _channels;
    private int _outChannels;

    public TapGradients(ConvStage stage, VectorWidth width)
    {
        (_stage, _tiles, _lanes) = (stage, ConvTiles.For(width), (int)width / (8 * sizeof(float)));
        _packer = new PanelPacker(2 * _lanes, permutes: _lanes == PickedRun.Length);
    }

    /// <summary>The gradient, and an image's output gradients of a tile.</summary>
    public static long ScratchFloats(ConvStage stage) =>
        stage.Weight.Length + (2L * MostLanes * stage.Convolved.Area);

    /// <summary>Begins at +0.</summary>
    public void Begin(int channels, int outChannels)
    {
        (_channels, _outChannels) = (channels, outChannels);
        var length = channels * Taps * (outChannels + _lanes);
        if (_sums.Length < length) _sums = new AlignedBuffer(length);
        else _sums.Span[..length].Clear();
        if (_outputs.Length == 0) _outputs = new AlignedBuffer(_tiles.GradientVectors * _lanes * _stage.Convolved.Area);
    }

    /// <summary>Adds an image.</summary>
    /// <param name="padded">Its padded inputs.</param>
    /// <param name="mapFloats">Floats from a padded channel to the next.</param>
    /// <param name="pitch">Floats from a padded row to the next.</param>
    /// <param name="maps">Gradients of its outputs [kept output channels, output height, output width].</param>
    public void Add(ReadOnlySpan<float> padded, int mapFloats, int pitch, ReadOnlySpan<float> maps)
    {
        var area = _stage.Convolved.Area;
        var view = new MatrixView(maps, _outChannels, area);
        fixed (float* data = maps, from = padded, outputs = _outputs.Span, sums = _sums.Span)
        {
            var source = new PanelSource(view, data, null, null);
            var to = sums;
            for (var (first, count) = (0, 0); first < _outChannels; first += count)
            {
                count = Math.Min(_tiles.GradientVectors * _lanes, _outChannels - first);
                var vectors = (count + _lanes - 1) / _lanes;
                _packer.Pack(source, first, count, 0, area, outputs, vectors * _lanes);
                for (var (channel, some) = (0, 0); channel < _channels; channel += some)
                {
                    some = vectors > 1 ? 1 : Math.Min(_tiles.GradientChannels, _channels - channel);
                    _tiles.TapGradient(some, vectors, new TapGradientTask
                    {
                        Maps = from + ((nint)channel * mapFloats),
                        MapStep = mapFloats,
                        Pitch = pitch,
                        Outputs = outputs,
                        Rows = _stage.Convolved.Height,
                        Columns = _stage.Convolved.Width,
                        C = to,
                    });
                    to += some * Taps * vectors * _lanes;
                }
            }
        }
    }

    /// <summary>Writes the gradient [kept output channels, kept input channels * 9].</summary>
    public void CopyTo(Span<float> gradient)
    {
        var sums = _sums.Span;
        var depth = _channels * Taps;
        for (var (first, count, at) = (0, 0, 0); first < _outChannels; first += count)
        {
            count = Math.Min(_tiles.GradientVectors * _lanes, _outChannels - first);
            var line = (count + _lanes - 1) / _lanes * _lanes;
            for (var i = 0; i < count; i++)
                for (var k = 0; k < depth; k++)
                    gradient[((first + i) * depth) + k] = sums[at + (k * line) + i];
            at += depth * line;
        }
    }
}

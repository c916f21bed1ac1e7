using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Tensors;

namespace ClusterTrain.Numerics.Layers.Convolution;

/// <summary>
/// The columns matrix of a convolution ("im2col", Chellapilla et al. 2006) as a view: element (tap, position) lies at the
/// tap's offset plus the position's, so products gather it while they pack and it never exists in memory.
/// </summary>
/// <remarks>
/// Taps [channels * kernel * kernel], positions [images * output height * output width]. Only padded images are copied,
/// into memory whose border is zero.
/// </remarks>
internal sealed class WindowColumns
{
    private readonly ConvStage _stage;
    private readonly int[] _taps;
    private readonly int[] _positions;
    private readonly int[] _outputs;
    private readonly AlignedBuffer _padded;
    private int _channels = -1;
    private int _outChannels = -1;

    public WindowColumns(ConvStage stage, int maxImages)
    {
        _stage = stage;
        _taps = new int[stage.Weight.Columns];
        _positions = new int[maxImages * stage.Convolved.Area];
        _outputs = new int[_positions.Length];
        _padded = new AlignedBuffer(Padding == 0 ? 0 : maxImages * stage.Map.Channels * PaddedHeight * PaddedWidth);
    }

    private int Padding => _stage.Kernel.Padding;

    private int PaddedHeight => _stage.Map.Height + (2 * Padding);

    private int PaddedWidth => _stage.Map.Width + (2 * Padding);

    private int Taps => _channels * _stage.Kernel.Area;

    /// <summary>Takes the numbers of kept channels that are read and written.</summary>
    public void Bind(int channels, int outChannels)
    {
        if (channels == _channels && outChannels == _outChannels) return;
        (_channels, _outChannels) = (channels, outChannels);
        _padded.Span.Clear();
        var (size, stride, area) = (_stage.Kernel.Size, _stage.Kernel.Stride, _stage.Convolved.Area);
        var (mapFloats, next) = (PaddedHeight * PaddedWidth, 0);
        for (var channel = 0; channel < channels; channel++)
            for (var row = 0; row < size; row++)
                for (var column = 0; column < size; column++)
                    _taps[next++] = (channel * mapFloats) + (row * PaddedWidth) + column;

        // Indices ascend also where no channel is kept: then nothing is read, but they are checked.
        var (imageFloats, outputFloats) = (Math.Max(1, channels) * mapFloats, Math.Max(1, outChannels) * area);
        for (var i = 0; i < _positions.Length; i++)
        {
            var (image, position) = Math.DivRem(i, area);
            var (row, column) = Math.DivRem(position, _stage.Convolved.Width);
            _positions[i] = (image * imageFloats) + (row * stride * PaddedWidth) + (column * stride);
            _outputs[i] = (image * outputFloats) + position;
        }
    }

    /// <summary>[taps, positions] of images [images, channels, height, width], packed as runs of positions.</summary>
    public MatrixView Right(ReadOnlySpan<float> images, int count) => new(Pad(images, count), Taps, count * _stage.Convolved.Area, 1)
    {
        RowIndex = _taps.AsSpan(0, Taps),
        ColumnIndex = Positions(count),
    };

    /// <summary>[positions, taps], packed from runs of positions as well: a tap's neighbours lie too far apart.</summary>
    public MatrixView RightTransposed(ReadOnlySpan<float> images, int count) => Right(images, count).Transpose();

    /// <summary>Maps [images, kept output channels, positions] read as [kept output channels, images * positions].</summary>
    public MatrixView Maps(ReadOnlySpan<float> maps, int count) =>
        new(maps, _outChannels, count * _stage.Convolved.Area, _stage.Convolved.Area)
        {
            ColumnIndex = _outputs.AsSpan(0, count * _stage.Convolved.Area),
        };

    /// <summary>The same to write.</summary>
    public MatrixTarget MapsTarget(Span<float> maps, int count) =>
        new(maps, _outChannels, count * _stage.Convolved.Area, _stage.Convolved.Area)
        {
            ColumnIndex = _outputs.AsSpan(0, count * _stage.Convolved.Area),
        };

    /// <summary>Images to write, of a kernel of one position alone: [kept input channels, images * positions].</summary>
    public MatrixTarget ImagesTarget(Span<float> images, int count) =>
        new(images, _channels, count * _stage.Convolved.Area, _stage.Convolved.Area) { ColumnIndex = Positions(count) };

    private ReadOnlySpan<int> Positions(int count) => _positions.AsSpan(0, count * _stage.Convolved.Area);

    private ReadOnlySpan<float> Pad(ReadOnlySpan<float> images, int count)
    {
        if (Padding == 0) return images;
        var (height, width) = (_stage.Map.Height, _stage.Map.Width);
        for (var map = 0; map < count * _channels; map++)
        {
            for (var row = 0; row < height; row++)
            {
                images.Slice(((map * height) + row) * width, width).CopyTo(
                    _padded.Span[((((map * PaddedHeight) + row + Padding) * PaddedWidth) + Padding)..]);
            }
        }

        return _padded.Span[..(count * _channels * PaddedHeight * PaddedWidth)];
    }
}

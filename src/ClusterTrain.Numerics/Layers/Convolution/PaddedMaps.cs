using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ClusterTrain.Numerics.Tensors;

namespace ClusterTrain.Numerics.Layers.Convolution;

/// <summary>The maps of one image with a border of zeros: [channels, height + 2 border, width + 2 border].</summary>
internal sealed unsafe class PaddedMaps
{
    // Whole vectors that begin within the last map may end behind it.
    private const int Slack = 64;

    private readonly int _height;
    private readonly int _width;
    private readonly int _border;
    private readonly AlignedBuffer _maps;

    public PaddedMaps(int channels, int height, int width, int border)
    {
        (_height, _width, _border) = (height, width, border);
        _maps = new AlignedBuffer(Floats(channels, height, width, border));
    }

    /// <summary>Floats from a row to the next.</summary>
    public int Pitch => _width + (2 * _border);

    /// <summary>Floats from a channel to the next.</summary>
    public int MapFloats => (_height + (2 * _border)) * Pitch;

    public static int Floats(int channels, int height, int width, int border) =>
        (channels * (height + (2 * border)) * (width + (2 * border))) + Slack;

    /// <summary>Takes an image [channels, height, width] of as many channels as it has, at most those it was made for.</summary>
    public Span<float> Fill(ReadOnlySpan<float> image)
    {
        var all = _maps.Span;
        fixed (float* source = image, target = all)
        {
            var from = source;
            for (var first = target + (_border * Pitch) + _border; from < source + image.Length; first += MapFloats)
                for (var (row, to) = (0, (nint)first); row < _height; row++, from += _width, to += Pitch * sizeof(float))
                    Copy(from, (float*)to, _width);
        }

        return all;
    }

    // A call for each row costs more than the row.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(float* from, float* to, int count)
    {
        var i = 0;
        for (; i <= count - Vector512<float>.Count; i += Vector512<float>.Count) Vector512.Store(Vector512.Load(from + i), to + i);
        for (; i <= count - Vector128<float>.Count; i += Vector128<float>.Count) Vector128.Store(Vector128.Load(from + i), to + i);
        for (; i < count; i++) to[i] = from[i];
    }
}

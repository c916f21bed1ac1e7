using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ClusterTrain.Numerics.Lanes;
using ClusterTrain.Numerics.Tensors;

namespace ClusterTrain.Numerics.Layers.Convolution;

/// <summary>
/// The gradient of biases: for each channel the sum over all images and positions. Sixteen lanes a channel, lane l adds
/// positions l, l + 16, ... of each map, image after image, from +0; at the end lane l takes lane l + 8, then l + 4, l + 2
/// and l + 1. So the order does not depend on the vector width.
/// </summary>
internal sealed unsafe class ChannelSums(int channels)
{
    private const int Lanes = 16;

    private readonly AlignedBuffer _lanes = new(channels * Lanes);

    public void Clear() => _lanes.Span.Clear();

    /// <summary>Adds maps [images, channels, area].</summary>
    public void Add(ReadOnlySpan<float> maps, int images, int channels, int area) =>
        Add(VectorWidths.Best, maps, images, channels, area);

    internal void Add(VectorWidth width, ReadOnlySpan<float> maps, int images, int channels, int area)
    {
        fixed (float* from = maps, lanes = _lanes.Span)
        {
            for (var map = 0; map < images * channels; map++)
            {
                var x = from + ((nint)map * area);
                var sums = lanes + (map % channels * Lanes);
                switch (width)
                {
                    case VectorWidth.Bits512: Add<Vector512<float>, Lanes512>(x, area, sums); break;
                    case VectorWidth.Bits256: Add<Vector256<float>, Lanes256>(x, area, sums); break;
                    case VectorWidth.Bits128: Add<Vector128<float>, Lanes128>(x, area, sums); break;
                    default: Add<float, LanesScalar>(x, area, sums); break;
                }
            }
        }
    }

    /// <summary>Writes the sum of each of the first channels.</summary>
    public void CopyTo(Span<float> sums)
    {
        Span<float> lanes = stackalloc float[Lanes];
        for (var channel = 0; channel < sums.Length; channel++)
        {
            _lanes.Span.Slice(channel * Lanes, Lanes).CopyTo(lanes);
            for (var half = Lanes / 2; half > 0; half /= 2)
                for (var lane = 0; lane < half; lane++)
                    lanes[lane] += lanes[lane + half];
            sums[channel] = lanes[0];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<TVector, TLanes>(float* x, int length, float* sums)
        where TVector : struct
        where TLanes : struct, ILanes<TVector>
    {
        var whole = length - (length % Lanes);
        for (var lane = 0; lane < Lanes; lane += TLanes.Count)
        {
            var sum = TLanes.Load(sums + lane);
            for (var i = lane; i < whole; i += Lanes) sum = TLanes.Add(sum, TLanes.Load(x + i));
            TLanes.Store(sum, sums + lane);
        }

        for (var i = whole; i < length; i++) sums[i - whole] += x[i];
    }
}

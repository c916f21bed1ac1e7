using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ClusterTrain.Numerics.Lanes;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Tensors;

namespace ClusterTrain.Numerics.Layers.Convolution;

/// <summary>
/// Backward of taking a convolution's columns ("col2im"): each input adds up, from +0, the gradients of the columns it
/// stood in, over (row, column) of the kernel in ascending order.
/// </summary>
internal sealed unsafe class ColumnFolding
{
    private const int MostLanes = 16;

    private readonly ConvStage _stage;
    private readonly int _maskStride;
    private readonly AlignedBuffer _masks;

    public ColumnFolding(ConvStage stage)
    {
        _stage = stage;
        var kernel = stage.Kernel;
        _maskStride = (stage.Map.Width + MostLanes) / MostLanes * MostLanes;
        _masks = new AlignedBuffer(kernel.Size * _maskStride);

        // Where column u of the kernel has an output for input column x. All bits set are a float like any other to a load.
        for (var u = 0; u < kernel.Size; u++)
            for (var x = 0; x < stage.Map.Width; x++)
                if (x + kernel.Padding - u >= 0 && x + kernel.Padding - u < stage.Convolved.Width)
                    _masks.Span[(u * _maskStride) + x] = BitConverter.Int32BitsToSingle(-1);
    }

    /// <summary>Writes the maps of some channels of dx [images, channels, height, width].</summary>
    /// <param name="columns">
    /// [some channels * kernel * kernel, images * output positions], and a few floats behind that may be read.
    /// </param>
    /// <param name="images">Images of dx.</param>
    /// <param name="first">First channel to write.</param>
    /// <param name="some">Channels to write.</param>
    /// <param name="channels">All channels of dx.</param>
    /// <param name="dx">Where they are written.</param>
    public void Fold(ReadOnlySpan<float> columns, int images, int first, int some, int channels, Span<float> dx) =>
        Fold(VectorWidths.Best, columns, images, first, some, channels, dx);

    internal void Fold(VectorWidth width, ReadOnlySpan<float> columns, int images, int first, int some, int channels, Span<float> dx)
    {
        var stride = images * _stage.Convolved.Area;
        fixed (float* from = columns, to = dx[..(images * channels * _stage.Map.Area)], masks = _masks.Span)
        {
            for (var map = 0; map < images * some; map++)
            {
                var (image, channel) = Math.DivRem(map, some);
                var source = from + ((nint)channel * _stage.Kernel.Area * stride) + (image * _stage.Convolved.Area);
                var target = to + ((nint)((image * channels) + first + channel) * _stage.Map.Area);
                var end = target + ((nint)(some - channel) * _stage.Map.Area);
                if (_stage.Kernel.Stride > 1)
                {
                    FoldSparse(source, stride, target);
                    continue;
                }

                switch (width)
                {
                    case VectorWidth.Bits512: Fold<Vector512<float>, Lanes512>(source, stride, masks, target, end); break;
                    case VectorWidth.Bits256: Fold<Vector256<float>, Lanes256>(source, stride, masks, target, end); break;
                    case VectorWidth.Bits128: Fold<Vector128<float>, Lanes128>(source, stride, masks, target, end); break;
                    default: Fold<float, LanesScalar>(source, stride, masks, target, end); break;
                }
            }
        }
    }

    // A row's last store reaches into the next row, which is written later; only behind an image's last channel of these there
    // is none.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Fold<TVector, TLanes>(float* source, nint stride, float* masks, float* target, float* end)
        where TVector : struct
        where TLanes : struct, ILanes<TVector>
    {
        var (size, padding) = (_stage.Kernel.Size, _stage.Kernel.Padding);
        var (height, width) = (_stage.Map.Height, _stage.Map.Width);
        var (outHeight, outWidth) = (_stage.Convolved.Height, _stage.Convolved.Width);
        var zero = TLanes.Broadcast(0f);
        var rest = stackalloc float[MostLanes];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x += TLanes.Count)
            {
                var sum = zero;
                var (firstRow, lastRow) = (Math.Max(0, y + padding - outHeight + 1), Math.Min(size - 1, y + padding));
                for (var v = firstRow; v <= lastRow; v++)
                {
                    var column = source + (v * size * stride) + ((y + padding - v) * outWidth) + x + padding;
                    var mask = masks + x;
                    for (var u = 0; u < size; u++)
                    {
                        sum = TLanes.Add(sum, TLanes.Select(TLanes.Load(mask), TLanes.Load(column), zero));
                        column += stride - 1;
                        mask += _maskStride;
                    }
                }

                var to = target + (y * width) + x;
                if (to + TLanes.Count <= end)
                {
                    TLanes.Store(sum, to);
                    continue;
                }

                TLanes.Store(sum, rest);
                for (var i = 0; i < end - to; i++) to[i] = rest[i];
            }
        }
    }

    // With larger strides an input stands in few columns; none of them is next to its neighbour's.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FoldSparse(float* source, nint stride, float* target)
    {
        var (size, step, padding) = (_stage.Kernel.Size, _stage.Kernel.Stride, _stage.Kernel.Padding);
        var (height, width) = (_stage.Map.Height, _stage.Map.Width);
        var (outHeight, outWidth) = (_stage.Convolved.Height, _stage.Convolved.Width);
        new Span<float>(target, _stage.Map.Area).Clear();
        for (var v = 0; v < size; v++)
        {
            for (var u = 0; u < size; u++)
            {
                // Output columns whose input lies within the map.
                var first = u >= padding ? 0 : (padding - u + step - 1) / step;
                var last = Math.Min(outWidth - 1, (width - 1 + padding - u) / step);
                var column = source + (((v * size) + u) * stride);
                for (var row = 0; row < outHeight; row++)
                {
                    var y = (row * step) + v - padding;
                    if (y < 0 || y >= height) continue;
                    var to = target + (y * width) + (first * step) + u - padding;
                    for (var x = first; x <= last; x++, to += step) *to += column[(row * outWidth) + x];
                }
            }
        }
    }
}

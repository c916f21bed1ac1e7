using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ClusterTrain.Numerics.Products;

/// <summary>
/// Copies a few lanes of a factor into a panel [depth, step], the order in which a tile kernel reads them. Picks and
/// transposition happen on the way, so a thinned factor costs no pass of its own. Only moves bits, never computes.
/// </summary>
/// <param name="maxLanes">Most lanes of a panel.</param>
/// <param name="permutes">Whether to pick by permuting vectors of 512 bits where the processor can.</param>
internal sealed unsafe class PanelPacker(int maxLanes, bool permutes)
{
    private const int RowsAhead = 8;
    private const int FloatsInCacheLine = 16;

    private readonly PanelTransposer _transposer = new(maxLanes, permutes);

    /// <summary>
    /// Writes lanes [<paramref name="firstLane"/>, + <paramref name="lanes"/>) for k in [<paramref name="firstDepth"/>,
    /// + <paramref name="depth"/>); lanes from there up to <paramref name="step"/> become zero.
    /// </summary>
    public void Pack(
        in PanelSource source, int firstLane, int lanes, int firstDepth, int depth, float* panel, int step)
    {
        if (!source.LanesContiguous)
            _transposer.Pack(source, firstLane, lanes, firstDepth, depth, panel, step);
        else if (source.IsRun(firstLane, lanes))
            CopyRuns(source, firstLane, lanes, firstDepth, depth, panel, step);
        else
            GatherRuns(source, firstLane, lanes, firstDepth, depth, panel, step);
        if (lanes < step)
        {
            for (var k = 0; k < depth; k++)
                new Span<float>(panel + ((nint)k * step) + lanes, step - lanes).Clear();
        }
    }

    // Hardware does not foresee short runs of far apart rows.
    private static void Prefetch(float* start, int length)
    {
        if (!Sse.IsSupported)
            return;
        for (var i = 0; i < length; i += FloatsInCacheLine)
            Sse.Prefetch0(start + i);
    }

    // Lanes lie side by side: each k is one run of floats. Rows that overlap, as those of a convolution do, are near already.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyRuns(
        in PanelSource source, int firstLane, int lanes, int firstDepth, int depth, float* panel, int step)
    {
        var data = source.Data + source.Lane(firstLane);
        var (stride, index) = (source.Stride, (nint)source.DepthIndex);
        var (whole, fetches) = (lanes - (lanes % Vector512<float>.Count), stride > 1);
        for (var k = firstDepth; k < firstDepth + depth; k++)
        {
            var from = data + ((index == 0 ? k : ((int*)index)[k]) * stride);
            if (fetches && k + RowsAhead < firstDepth + depth)
                Prefetch(data + ((index == 0 ? k + RowsAhead : ((int*)index)[k + RowsAhead]) * stride), lanes);
            for (var lane = 0; lane < whole; lane += Vector512<float>.Count)
                Vector512.Store(Vector512.Load(from + lane), panel + lane);
            for (var lane = whole; lane < lanes; lane++)
                panel[lane] = from[lane];
            panel += step;
        }
    }

    // Lanes lie in one stored row, but not all are wanted.
    private void GatherRuns(
        in PanelSource source, int firstLane, int lanes, int firstDepth, int depth, float* panel, int step)
    {
        var index = source.LaneIndex + firstLane;
        var lane = 0;
        for (; lane <= lanes - PickedRun.Length; lane += PickedRun.Length)
        {
            var run = new PickedRun(index + lane, source.Width, permutes);
            run.Gather(source, firstDepth, depth, panel + lane, step);
        }

        if (lane == lanes)
            return;
        for (var k = 0; k < depth; k++)
        {
            var from = Row(source, firstDepth + k);
            var to = panel + ((nint)k * step);
            for (var rest = lane; rest < lanes; rest++)
                to[rest] = from[index[rest]];
        }
    }

    private static float* Row(in PanelSource source, int k) => source.Data + (source.Depth(k) * source.Stride);
}

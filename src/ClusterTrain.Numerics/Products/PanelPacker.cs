using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ClusterTrain.Numerics.Products;

/// <summary>
/// Copies a few lanes of a factor into a panel [depth, step], the order in which a tile kernel reads them. Picks and
/// transposition happen on the way, so a thinned factor costs no pass of its own. Only moves bits, never computes.
/// </summary>
/// <param name="permutes">Whether to pick by permuting vectors of 512 bits where the processor can.</param>
internal sealed unsafe class PanelPacker(bool permutes)
{
    private const int RowsAhead = 8;
    private const int FloatsInCacheLine = 16;

    /// <summary>
    /// Writes lanes [<paramref name="firstLane"/>, + <paramref name="lanes"/>) for k in [<paramref name="firstDepth"/>,
    /// + <paramref name="depth"/>); lanes from there up to <paramref name="step"/> become zero.
    /// </summary>
    public void Pack(
        in PanelSource source, int firstLane, int lanes, int firstDepth, int depth, float* panel, int step)
    {
        if (!source.LanesContiguous)
            PackAcross(source, firstLane, lanes, firstDepth, depth, panel, step);
        else if (source.LaneIndex is null)
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

    // Lanes lie side by side: each k is one run of floats.
    private static void CopyRuns(
        in PanelSource source, int firstLane, int lanes, int firstDepth, int depth, float* panel, int step)
    {
        for (var k = 0; k < depth; k++)
        {
            var from = Row(source, firstDepth + k) + firstLane;
            if (k + RowsAhead < depth)
                Prefetch(Row(source, firstDepth + k + RowsAhead) + firstLane, lanes);
            var lane = 0;
            for (; lane <= lanes - Vector256<float>.Count; lane += Vector256<float>.Count)
                Vector256.Store(Vector256.Load(from + lane), panel + lane);
            for (; lane < lanes; lane++)
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
            for (var k = 0; k < depth; k++)
            {
                if (k + RowsAhead < depth)
                    Prefetch(Row(source, firstDepth + k + RowsAhead) + index[lane], index[lane + 15] - index[lane] + 1);
                run.Gather(Row(source, firstDepth + k), panel + ((nint)k * step) + lane);
            }
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

    // Each lane is a stored row: the panel is its transpose, made in blocks of four by four. A stretch of one cache line
    // of every row is used up before the next, so that neither rows nor panel leave the first-level cache on the way.
    private void PackAcross(
        in PanelSource source, int firstLane, int lanes, int firstDepth, int depth, float* panel, int step)
    {
        const int Stretch = PickedRun.Length;
        for (var k = 0; k < depth; k += Stretch)
        {
            var length = Math.Min(Stretch, depth - k);
            var to = panel + ((nint)k * step);
            if (lanes < 4)
            {
                CopyAcross(source, firstLane, lanes, firstDepth + k, length, to, step);
                continue;
            }

            // The last block overlaps the one before when four does not divide: the same bits are written twice.
            for (var lane = 0; lane < lanes; lane += 4)
                PackAcross4(source, firstLane, Math.Min(lane, lanes - 4), firstDepth + k, length, to, step);
        }
    }

    [SkipLocalsInit]
    private void PackAcross4(
        in PanelSource source, int firstLane, int lane, int firstDepth, int depth, float* panel, int step)
    {
        var row0 = source.Data + (source.Lane(firstLane + lane) * source.Stride);
        var row1 = source.Data + (source.Lane(firstLane + lane + 1) * source.Stride);
        var row2 = source.Data + (source.Lane(firstLane + lane + 2) * source.Stride);
        var row3 = source.Data + (source.Lane(firstLane + lane + 3) * source.Stride);
        var to = panel + lane;
        if (source.DepthIndex is null)
        {
            Transpose4(row0 + firstDepth, row1 + firstDepth, row2 + firstDepth, row3 + firstDepth, depth, to, step);
        }
        else if (depth == PickedRun.Length)
        {
            var picked = stackalloc float[4 * PickedRun.Length];
            var run = new PickedRun(source.DepthIndex + firstDepth, source.Width, permutes);
            run.Gather(row0, picked);
            run.Gather(row1, picked + PickedRun.Length);
            run.Gather(row2, picked + (2 * PickedRun.Length));
            run.Gather(row3, picked + (3 * PickedRun.Length));
            Transpose4(picked, picked + 16, picked + 32, picked + 48, depth, to, step);
        }
        else
        {
            Gather4(row0, row1, row2, row3, source.DepthIndex + firstDepth, depth, to, step);
        }
    }

    private static void CopyAcross(
        in PanelSource source, int firstLane, int lanes, int firstDepth, int depth, float* panel, int step)
    {
        for (var lane = 0; lane < lanes; lane++)
        {
            var row = source.Data + (source.Lane(firstLane + lane) * source.Stride);
            for (var k = 0; k < depth; k++)
                panel[((nint)k * step) + lane] = row[source.Depth(firstDepth + k)];
        }
    }

    private static void Gather4(float* row0, float* row1, float* row2, float* row3, int* index, int depth, float* to, nint step)
    {
        for (var k = 0; k < depth; k++)
        {
            var column = (nint)index[k];
            Vector128.Store(Vector128.Create(row0[column], row1[column], row2[column], row3[column]), to);
            to += step;
        }
    }

    private static void Transpose4(float* row0, float* row1, float* row2, float* row3, int depth, float* to, nint step)
    {
        var k = 0;
        for (; k <= depth - 4; k += 4)
        {
            var low01 = BlockTransposition.ZipLow(Vector128.Load(row0 + k), Vector128.Load(row1 + k));
            var high01 = BlockTransposition.ZipHigh(Vector128.Load(row0 + k), Vector128.Load(row1 + k));
            var low23 = BlockTransposition.ZipLow(Vector128.Load(row2 + k), Vector128.Load(row3 + k));
            var high23 = BlockTransposition.ZipHigh(Vector128.Load(row2 + k), Vector128.Load(row3 + k));
            Vector128.Store(BlockTransposition.JoinLow(low01, low23), to);
            Vector128.Store(BlockTransposition.JoinHigh(low01, low23), to + step);
            Vector128.Store(BlockTransposition.JoinLow(high01, high23), to + (2 * step));
            Vector128.Store(BlockTransposition.JoinHigh(high01, high23), to + (3 * step));
            to += 4 * step;
        }

        for (; k < depth; k++)
        {
            Vector128.Store(Vector128.Create(row0[k], row1[k], row2[k], row3[k]), to);
            to += step;
        }
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace ClusterTrain.Numerics.Products;

/// <summary>
/// Packs lanes that are stored rows: the panel [depth, step] is their transpose in blocks. One
/// cache line of every row is used up before the next, so that neither rows nor panel leave the first-level cache on
/// the way. Only moves bits.
/// </summary>
/// <param name="maxLanes">Most lanes of a panel.</param>
/// <param name="permutes">Whether to pick by permuting vectors of 512 bits where the processor can.</param>
internal sealed unsafe class PanelTransposer(int maxLanes, bool permutes)
{
    private const int Stretch = PickedRun.Length;
    private const int StretchesAhead = 2;

    [SkipLocalsInit]
    public void Pack(in PanelSource source, int firstLane, int lanes, int firstDepth, int depth, float* panel, int step)
    {
        var rows = stackalloc float*[maxLanes];
        var picked = stackalloc float[maxLanes * Stretch];
        for (var lane = 0; lane < lanes; lane++)
            rows[lane] = source.Data + (source.Lane(firstLane + lane) * source.Stride);
        for (var k = 0; k < depth; k += Stretch)
        {
            var length = Math.Min(Stretch, depth - k);
            if (k + (StretchesAhead * Stretch) < depth)
                Prefetch(rows, lanes, source.Depth(firstDepth + k + (StretchesAhead * Stretch)));
            var first = source.Depth(firstDepth + k);
            if (source.Depth(firstDepth + k + length - 1) - first == length - 1)
            {
                Transpose(rows, first, lanes, length, panel, step);
            }
            else
            {
                Pick(source, rows, lanes, firstDepth + k, length, picked);
                Transpose(picked, lanes, length, panel, step);
            }

            panel += (nint)length * step;
        }
    }

    // Hardware does not follow so many rows at once.
    private static void Prefetch(float** rows, int lanes, nint column)
    {
        if (!Sse.IsSupported)
            return;
        for (var lane = 0; lane < lanes; lane++)
            Sse.Prefetch0(rows[lane] + column);
    }

    // picked [lanes, Stretch]
    private void Pick(in PanelSource source, float** rows, int lanes, int firstDepth, int depth, float* picked)
    {
        var index = source.DepthIndex + firstDepth;
        if (depth == PickedRun.Length)
        {
            var run = new PickedRun(index, source.Width, permutes);
            for (var lane = 0; lane < lanes; lane++)
                run.Gather(rows[lane], picked + (lane * Stretch));
            return;
        }

        for (var lane = 0; lane < lanes; lane++)
        {
            for (var k = 0; k < depth; k++)
                picked[(lane * Stretch) + k] = rows[lane][index[k]];
        }
    }

    [SkipLocalsInit]
    private void Transpose(float* picked, int lanes, int depth, float* panel, int step)
    {
        var rows = stackalloc float*[maxLanes];
        for (var lane = 0; lane < lanes; lane++)
            rows[lane] = picked + (lane * Stretch);
        Transpose(rows, 0, lanes, depth, panel, step);
    }

    // panel [depth, step] = rows [lanes, column...]^T
    private static void Transpose(float** rows, nint column, int lanes, int depth, float* panel, nint step)
    {
        if (lanes < 4)
        {
            BlockTransposition.CopyRest(rows, lanes, column, 0, depth, panel, step);
            return;
        }

        // The last block overlaps the one before when its size does not divide: the same bits are written twice.
        if (lanes >= 8 && Avx.IsSupported)
        {
            for (var block = 0; block < lanes; block += 8)
            {
                var lane = Math.Min(block, lanes - 8);
                BlockTransposition.EightRows(rows + lane, column, depth, panel + lane, step);
            }
        }
        else
        {
            for (var block = 0; block < lanes; block += 4)
            {
                var lane = Math.Min(block, lanes - 4);
                BlockTransposition.FourRows(rows + lane, column, depth, panel + lane, step);
            }
        }
    }
}

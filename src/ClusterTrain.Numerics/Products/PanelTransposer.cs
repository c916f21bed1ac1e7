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
    private const int LanesAhead = 2;
    private const int Runs = 8;
    private const int Picks = Runs * Stretch;

    // One cache line more than the picks, so that the lanes do not fall on each other in the cache.
    private const int PickedStride = Picks + Stretch;

    [SkipLocalsInit]
    public void Pack(in PanelSource source, int firstLane, int lanes, int firstDepth, int depth, float* panel, int step)
    {
        var rows = stackalloc float*[maxLanes];
        for (var lane = 0; lane < lanes; lane++)
            rows[lane] = source.Data + (source.Lane(firstLane + lane) * source.Stride);
        if (source.DepthIndex is null)
            PackRuns(rows, lanes, firstDepth, depth, panel, step);
        else
            PackPicks(source, rows, lanes, firstDepth, depth, panel, step);
    }

    private static void PackRuns(float** rows, int lanes, int first, int depth, float* panel, int step)
    {
        for (var k = 0; k < depth; k += Stretch)
        {
            var length = Math.Min(Stretch, depth - k);
            if (k + (StretchesAhead * Stretch) < depth)
                Prefetch(rows, lanes, first + k + (StretchesAhead * Stretch));
            Transpose(rows, first + k, lanes, length, panel, step);
            panel += (nint)length * step;
        }
    }

    // Row after row, each read in order: rows of a power of two lie in the same few places of the cache, which cannot hold
    // a piece of every row at once.
    [SkipLocalsInit]
    private void PackPicks(
        in PanelSource source, float** rows, int lanes, int firstDepth, int depth, float* panel, int step)
    {
        var picked = stackalloc float[maxLanes * PickedStride];
        var pickedRows = stackalloc float*[maxLanes];
        for (var lane = 0; lane < lanes; lane++) pickedRows[lane] = picked + (lane * PickedStride);
        var runs = stackalloc PickedRun[Runs];
        for (var k = 0; k < depth; k += Picks)
        {
            var length = Math.Min(Picks, depth - k);
            Pick(source, rows, lanes, firstDepth + k, length, runs, pickedRows);
            Transpose(pickedRows, 0, lanes, length, panel, step);
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

    // picked [lanes, depth]
    private void Pick(
        in PanelSource source, float** rows, int lanes, int firstDepth, int depth, PickedRun* runs, float** picked)
    {
        var index = source.DepthIndex + firstDepth;
        var whole = depth / Stretch;
        for (var run = 0; run < whole; run++)
            runs[run] = new PickedRun(index + (run * Stretch), source.Width, permutes);
        for (var lane = 0; lane < lanes; lane++)
        {
            var ahead = rows[Math.Min(lane + LanesAhead, lanes - 1)];
            for (var run = 0; run < whole; run++)
            {
                runs[run].Prefetch(ahead);
                runs[run].Gather(rows[lane], picked[lane] + (run * Stretch));
            }

            for (var k = whole * Stretch; k < depth; k++)
                picked[lane][k] = rows[lane][index[k]];
        }
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

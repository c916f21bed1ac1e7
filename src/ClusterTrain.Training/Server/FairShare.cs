using ClusterTrain.Training.Reduction;

namespace ClusterTrain.Training.Server;

/// <summary>How many of the items at hand one worker is given at once.</summary>
internal static class FairShare
{
    // A worker that would need this much longer for one item than the others for all of them would only be waited for.
    private const double WorthWaiting = 1.5;

    // What fewer blocks may cost in balance.
    private const double Leeway = 0.15;

    /// <param name="remaining">Items that nobody has, 1 or more.</param>
    /// <param name="others">What the others do in the time in which this worker does one item, 0 or more.</param>
    /// <param name="fastest">The same of the fastest of them alone.</param>
    /// <returns>Its part by speed, 0 for one that is better left out.</returns>
    public static int Of(int remaining, double others, double fastest)
    {
        var share = (int)Math.Round(remaining / (1 + others), MidpointRounding.AwayFromZero);
        if (share > 0 || others == 0) return Math.Max(1, share);

        // In times of one item of this worker's; nobody does less than a whole item.
        var withoutIt = Math.Max(remaining / others, 1 / fastest);
        return WorthWaiting * withoutIt >= 1 ? 1 : 0;
    }

    /// <summary>
    /// The same for shards of a step whose gradients are added before they are sent: a share near the fair one that makes
    /// for the fewest blocks, its own and those of what it leaves.
    /// </summary>
    /// <param name="share">What <see cref="Of"/> says, 1 or more.</param>
    /// <param name="others">What the others do in the time in which this worker does one item.</param>
    /// <param name="first">Its first shard.</param>
    /// <param name="remaining">Shards from there on that nobody has.</param>
    /// <param name="shards">Shards of the step.</param>
    public static int OfShards(int share, double others, int first, int remaining, int shards)
    {
        var (best, fewest, fair) = (share, int.MaxValue, remaining / (1 + others));
        for (var count = (int)Math.Ceiling(fair * (1 - Leeway)); count <= Math.Min(remaining, (int)(fair * (1 + Leeway))); count++)
        {
            if (count == 0) continue;
            var blocks = Blocks(first, first + count, shards) + Blocks(first + count, first + remaining, shards);
            if (blocks > fewest || (blocks == fewest && Math.Abs(count - fair) >= Math.Abs(best - fair))) continue;
            (best, fewest) = (count, blocks);
        }

        return best;
    }

    private static int Blocks(int first, int end, int shards)
    {
        var blocks = 0;
        for (; first < end; blocks++) first += BlockSum.LargestBlock(first, end, shards);
        return blocks;
    }
}

namespace ClusterTrain.Training.Server;

/// <summary>How many of the items at hand one worker is given at once.</summary>
internal static class FairShare
{
    // A worker that would need this much longer for one item than the others for all of them would only be waited for.
    private const double WorthWaiting = 1.5;

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
}

namespace ClusterTrain.Numerics.Tests;

/// <summary>Counts what this thread allocates on the managed heap.</summary>
internal static class Allocations
{
    private const int Rounds = 10;

    /// <summary>
    /// Bytes of one call, the least over several rounds. A collection that another test sets off in between is booked to this
    /// thread with what is left of its allocation quantum (8 KB); what the work itself allocates shows in every round.
    /// </summary>
    public static long Of(Action work)
    {
        var least = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            work();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}

namespace ClusterTrain.Training.Threads;

/// <summary>
/// Runs pieces of a job that do not touch each other, on one thread or several. Which thread runs which piece, and in what
/// order, must not matter to the job.
/// </summary>
public interface IRangeRunner
{
    /// <summary>Most threads at once, 1 or more: how many sets of scratch memory a job needs.</summary>
    int Lanes { get; }

    /// <summary>Runs every piece once and returns when all are done.</summary>
    /// <exception cref="AggregateException">Pieces failed; the others are done.</exception>
    void Run(IRangeJob job);
}

/// <summary>A job in pieces.</summary>
public interface IRangeJob
{
    int Pieces { get; }

    /// <param name="piece">0 to <see cref="Pieces"/> - 1.</param>
    /// <param name="lane">Which scratch memory to use; no two threads have the same at once.</param>
    void Run(int piece, int lane);
}

/// <summary>All pieces in order on the caller's thread.</summary>
public sealed class SerialRanges : IRangeRunner
{
    public static readonly SerialRanges Instance = new();

    public int Lanes => 1;

    public void Run(IRangeJob job)
    {
        for (var piece = 0; piece < job.Pieces; piece++) job.Run(piece, 0);
    }
}

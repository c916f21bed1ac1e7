namespace ClusterTrain.Training.Threads;

/// <summary>
/// Threads that stay, and help whoever calls with one job after another. A helper that wakes late finds nothing left; the
/// caller waits only for pieces that somebody has begun.
/// </summary>
/// <remarks>One job at a time.</remarks>
public sealed class HelpingThreads : IRangeRunner, IDisposable
{
    private readonly SemaphoreSlim _wake = new(0);
    private readonly ManualResetEventSlim _done = new(false);
    private readonly List<Thread> _threads;
    private volatile IRangeJob? _job;
    private int _next = int.MaxValue / 2;
    private int _left;
    private readonly List<Exception> _failures = [];
    private volatile bool _isOver;

    /// <param name="helpers">Threads beside the caller's, 0 or more.</param>
    /// <param name="name">What they are called, with a number.</param>
    public HelpingThreads(int helpers, string name)
    {
        Lanes = helpers + 1;
        _threads = [.. Enumerable.Range(1, helpers).Select(lane => new Thread(() => Help(lane))
        {
            Name = $"{name}-{lane}",
            IsBackground = true,
        })];
        _threads.ForEach(thread => thread.Start());
    }

    public int Lanes { get; }

    public void Run(IRangeJob job)
    {
        if (job.Pieces == 0) return;
        _failures.Clear();
        _done.Reset();
        _job = job;
        _left = job.Pieces;
        // Last: from here on pieces can be taken, also by a helper that was woken for the job before.
        Volatile.Write(ref _next, -1);
        if (Lanes > 1) _wake.Release(Lanes - 1);
        Work(0);
        _done.Wait();
        if (_failures.Count > 0) throw new AggregateException(_failures);
    }

    public void Dispose()
    {
        _isOver = true;
        if (_threads.Count > 0) _wake.Release(_threads.Count);
        _threads.ForEach(thread => thread.Join());
        _wake.Dispose();
        _done.Dispose();
    }

    private void Help(int lane)
    {
        while (true)
        {
            _wake.Wait();
            if (_isOver) return;
            Work(lane);
        }
    }

    private void Work(int lane)
    {
        while (true)
        {
            var piece = Interlocked.Increment(ref _next);
            // Read after the piece was taken, so that they belong together.
            if (_job is not { } job || piece >= job.Pieces) return;
            try
            {
                job.Run(piece, lane);
            }
            catch (Exception failure)
            {
                lock (_failures) _failures.Add(failure);
            }

            if (Interlocked.Decrement(ref _left) == 0) _done.Set();
        }
    }
}

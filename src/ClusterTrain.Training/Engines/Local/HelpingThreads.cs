using ClusterTrain.Training.Commit;

namespace ClusterTrain.Training.Engines.Local;

/// <summary>
/// Threads that help with a commit: while a step is being committed the workers have nothing to do, so their cores are
/// free. A helper that wakes late finds nothing left; the caller waits only for pieces that somebody has begun.
/// </summary>
public sealed class HelpingThreads : IRangeRunner, IDisposable
{
    private readonly SemaphoreSlim _wake = new(0);
    private readonly ManualResetEventSlim _done = new(false);
    private readonly List<Thread> _threads;
    private volatile IRangeJob? _job;
    private int _next = int.MaxValue / 2;
    private int _left;
    private Exception? _failure;
    private volatile bool _isOver;

    public HelpingThreads(int helpers)
    {
        Lanes = helpers + 1;
        _threads = [.. Enumerable.Range(1, helpers).Select(lane => new Thread(() => Help(lane))
        {
            Name = $"commit-{lane}",
            IsBackground = true,
        })];
        _threads.ForEach(thread => thread.Start());
    }

    public int Lanes { get; }

    public void Run(IRangeJob job)
    {
        _failure = null;
        _done.Reset();
        _job = job;
        _left = job.Pieces;
        // Last: from here on pieces can be taken, also by a helper that was woken for the job before.
        Volatile.Write(ref _next, -1);
        if (Lanes > 1) _wake.Release(Lanes - 1);
        Work(0);
        _done.Wait();
        if (_failure is { } failure) throw new InvalidOperationException("The commit failed.", failure);
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
                _failure = failure;
            }

            if (Interlocked.Decrement(ref _left) == 0) _done.Set();
        }
    }
}

using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Threads;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Cluster.Working;

/// <summary>
/// The threads of one worker, each with an executor of its own. They share the items of a range; who takes which cannot
/// change a bit.
/// </summary>
internal sealed class ShardCrew(RunContext context, WorkerSettings settings) : IRangeJob, IDisposable
{
    private readonly WorkExecutor[] _executors = [.. Enumerable.Range(0, settings.Threads).Select(_ => new WorkExecutor(context))];
    private readonly HelpingThreads _threads = new(settings.Threads - 1, "shard");
    private WorkRange _range;
    private ParameterSnapshot _parameters = null!;
    private ReadOnlyMemory<AdversarialBatch?> _batches;
    private Func<bool> _stop = () => false;
    private WorkResult?[] _results = [];

    int IRangeJob.Pieces => _range.Count;

    /// <summary>Executes a range until all of it is done or <paramref name="stop"/> says so; null where none was made.</summary>
    /// <exception cref="AggregateException">What failed.</exception>
    public WorkResult?[] Execute(
        WorkRange range, ParameterSnapshot parameters, ReadOnlyMemory<AdversarialBatch?> batches, Func<bool> stop)
    {
        (_range, _parameters, _batches, _stop, _results) = (range, parameters, batches, stop, new WorkResult?[range.Count]);
        _threads.Run(this);
        return _results;
    }

    public void Dispose() => _threads.Dispose();

    void IRangeJob.Run(int piece, int lane)
    {
        if (_stop()) return;
        var began = settings.Time.GetTimestamp();
        var result = _executors[lane].Execute(_range, piece, _parameters, _batches);
        settings.Spoil(result);
        _results[piece] = result;
        if (settings.Slowness > 1) Thread.Sleep(settings.Time.GetElapsedTime(began) * (settings.Slowness - 1));
    }
}

using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Cluster.Working;

/// <summary>
/// The threads of one worker, each with an executor of its own. They share the items of an assignment; who takes which
/// cannot change a bit.
/// </summary>
internal sealed class ShardCrew(RunContext context, WorkerSettings settings)
{
    private readonly WorkExecutor[] _executors = [.. Enumerable.Range(0, settings.Threads).Select(_ => new WorkExecutor(context))];

    /// <summary>Executes items until all are done or <paramref name="stop"/> says so; null where none was made.</summary>
    public WorkResult?[] Execute(IReadOnlyList<WorkItem> items, ParameterSnapshot parameters, Func<bool> stop)
    {
        var results = new WorkResult?[items.Count];
        var next = -1;
        void Work(WorkExecutor executor)
        {
            while (!stop())
            {
                var index = Interlocked.Increment(ref next);
                if (index >= items.Count) return;
                var began = settings.Time.GetTimestamp();
                results[index] = executor.Execute(items[index], parameters);
                if (settings.Slowness > 1) Thread.Sleep(settings.Time.GetElapsedTime(began) * (settings.Slowness - 1));
            }
        }

        List<Exception> failures = [];
        var helpers = _executors.Skip(1).Take(items.Count - 1).Select((executor, index) => new Thread(() =>
        {
            try
            {
                Work(executor);
            }
            catch (Exception failure)
            {
                lock (failures) failures.Add(failure);
            }
        })
        {
            Name = $"shard-{index + 2}", IsBackground = true,
        }).ToList();
        helpers.ForEach(thread => thread.Start());
        Work(_executors[0]);
        helpers.ForEach(thread => thread.Join());
        return failures.Count == 0 ? results : throw new AggregateException(failures);
    }
}

namespace ClusterTrain.Training.Threads;

/// <summary>Items that do not touch each other, done by several threads: who does which cannot show in their results.</summary>
internal static class OrderedWork
{
    /// <summary>Does items 0 to count - 1, each once, unless one fails or somebody stops it.</summary>
    /// <exception cref="AggregateException">What failed.</exception>
    public static void Run(int count, int threads, Action<int> item, CancellationToken stop = default) =>
        Run(count, threads, () => 0, (_, index) => item(index), stop);

    /// <summary>The same with something of its own for each thread, made by <paramref name="own"/>.</summary>
    public static void Run<TOwn>(int count, int threads, Func<TOwn> own, Action<TOwn, int> item, CancellationToken stop = default)
    {
        using var helpers = new HelpingThreads(Math.Clamp(threads, 1, Math.Max(1, count)) - 1, "items");
        helpers.Run(new Items<TOwn>(count, helpers.Lanes, own, item, stop));
    }

    /// <summary>The results of items, in their order.</summary>
    public static T[] Map<T>(int count, int threads, Func<int, T> item)
    {
        var results = new T[count];
        Run(count, threads, index => results[index] = item(index));
        return results;
    }

    private sealed class Items<TOwn>(int count, int lanes, Func<TOwn> own, Action<TOwn, int> item, CancellationToken stop) : IRangeJob
    {
        private readonly (bool IsMade, TOwn Value)[] _owned = new (bool, TOwn)[lanes];
        private volatile bool _hasFailed;

        public int Pieces => count;

        public void Run(int piece, int lane)
        {
            if (_hasFailed || stop.IsCancellationRequested) return;
            try
            {
                if (!_owned[lane].IsMade) _owned[lane] = (true, own());
                item(_owned[lane].Value, piece);
            }
            catch
            {
                _hasFailed = true;
                throw;
            }
        }
    }
}

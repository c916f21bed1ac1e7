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
        var next = -1;
        var failures = new List<Exception>();
        void Work()
        {
            try
            {
                var ofThread = own();
                while (!stop.IsCancellationRequested && Volatile.Read(ref next) < count)
                {
                    var index = Interlocked.Increment(ref next);
                    if (index >= count) return;
                    item(ofThread, index);
                }
            }
            catch (Exception failure)
            {
                lock (failures) failures.Add(failure);
                Volatile.Write(ref next, count);
            }
        }

        if (threads <= 1 || count <= 1)
        {
            Work();
        }
        else
        {
            var helpers = Enumerable.Range(0, Math.Min(threads, count)).Select(_ => new Thread(Work) { IsBackground = true }).ToList();
            helpers.ForEach(helper => helper.Start());
            helpers.ForEach(helper => helper.Join());
        }

        if (failures.Count > 0) throw new AggregateException(failures);
    }

    /// <summary>The results of items, in their order.</summary>
    public static T[] Map<T>(int count, int threads, Func<int, T> item)
    {
        var results = new T[count];
        Run(count, threads, index => results[index] = item(index));
        return results;
    }
}

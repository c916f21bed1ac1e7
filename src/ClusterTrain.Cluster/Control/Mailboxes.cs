using System.Threading.Channels;
using ClusterTrain.Cluster.Protocol;

namespace ClusterTrain.Cluster.Control;

/// <summary>
/// What waits for each worker to be fetched. A worker that fetches nothing loses its oldest messages, and after a while its
/// place: names that nobody has any more do not stay.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="most">Workers at once, 1 or more.</param>
public sealed class Mailboxes(TimeProvider time, int most = Mailboxes.Most)
{
    /// <summary>Messages that wait for a worker at the most.</summary>
    public const int MostWaiting = 64;

    /// <summary>Workers at once, where nothing else is said.</summary>
    public const int Most = WorkerName.MostWorkers;

    /// <summary>A worker that has fetched nothing for this long has lost its place: longer than its longest wait.</summary>
    public static readonly TimeSpan Forget = TimeSpan.FromMinutes(2);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Box> _boxes = new(StringComparer.Ordinal);

    /// <summary>Workers that have a place.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _boxes.Count;
        }
    }

    /// <summary>Gives a worker a place, or keeps it; false when all are taken.</summary>
    public bool TryOpen(string worker)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            if (_boxes.TryGetValue(worker, out var known))
            {
                known.LastAt = now;
                return true;
            }

            if (_boxes.Count >= most)
                foreach (var (name, _) in _boxes.Where(box => time.GetElapsedTime(box.Value.LastAt, now) > Forget).ToList()) _boxes.Remove(name);
            return _boxes.Count < most && _boxes.TryAdd(worker, new Box { LastAt = now });
        }
    }

    /// <summary>For a worker that has a place; for others it is lost.</summary>
    public void Post(string worker, IClusterMessage message) => Find(worker)?.Messages.Writer.TryWrite(message);

    /// <summary>All that waits for a worker; if nothing does, what comes within <paramref name="patience"/>.</summary>
    public async Task<IReadOnlyList<IClusterMessage>> Take(string worker, TimeSpan patience, CancellationToken stop)
    {
        if (Find(worker)?.Messages.Reader is not { } box) return [];
        List<IClusterMessage> taken = [];
        if (!box.TryPeek(out _) && patience > TimeSpan.Zero)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(patience);
            try
            {
                await box.WaitToReadAsync(limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // Nothing came: that is an answer too.
            }
        }

        while (box.TryRead(out var message)) taken.Add(message);
        return taken;
    }

    private Box? Find(string worker)
    {
        lock (_gate) return _boxes.GetValueOrDefault(worker);
    }

    private sealed class Box
    {
        public long LastAt { get; set; }

        public Channel<IClusterMessage> Messages { get; } =
            Channel.CreateBounded<IClusterMessage>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest });
    }
}

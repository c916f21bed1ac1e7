using System.Collections.Concurrent;
using System.Threading.Channels;
using ClusterTrain.Cluster.Protocol;

namespace ClusterTrain.Cluster.Control;

/// <summary>What waits for each worker to be fetched. A worker that fetches nothing loses its oldest messages.</summary>
public sealed class Mailboxes
{
    /// <summary>Messages that wait for a worker at the most.</summary>
    public const int MostWaiting = 64;

    private readonly ConcurrentDictionary<string, Channel<IClusterMessage>> _boxes = new(StringComparer.Ordinal);

    public void Post(string worker, IClusterMessage message) => Box(worker).Writer.TryWrite(message);

    /// <summary>All that waits for a worker; if nothing does, what comes within <paramref name="patience"/>.</summary>
    public async Task<IReadOnlyList<IClusterMessage>> Take(string worker, TimeSpan patience, CancellationToken stop)
    {
        var box = Box(worker).Reader;
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

    private Channel<IClusterMessage> Box(string worker) => _boxes.GetOrAdd(
        worker, _ => Channel.CreateBounded<IClusterMessage>(
            new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest }));
}

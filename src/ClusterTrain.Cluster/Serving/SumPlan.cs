using ClusterTrain.Training.Reduction;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Cluster.Serving;

/// <summary>
/// Who adds whose gradients in a step, as its shards are given out: the sums of the reduction tree are made by the worker of their first
/// shard, up to a size of which the server takes no more than it should. Whoever computes a sum's right half brings it to the worker of its
/// left one.
/// </summary>
/// <param name="step">The step.</param>
/// <param name="shards">Its shards.</param>
/// <param name="sums">Sums that the server takes, 1 or more.</param>
internal sealed class SumPlan(long step, int shards, int sums)
{
    /// <summary>Brought to the server.</summary>
    public const string ToServer = "-";

    private readonly (string Worker, string Address)?[] _of = new (string, string)?[shards];

    public long Step => step;

    /// <summary>Shards of the largest sum that workers make: the least power of two of which there are so few.</summary>
    public int Most { get; } = MostOf(shards, sums);

    /// <summary>
    /// Gives shards to a worker: whom to bring each block of them to, in their order. Null for shards that another one has had already: they
    /// go straight to the server.
    /// </summary>
    /// <param name="first">First shard.</param>
    /// <param name="count">Shards.</param>
    /// <param name="worker">Who gets them.</param>
    /// <param name="address">Where its plane is; empty for one that cannot be asked.</param>
    public IReadOnlyList<string>? Give(int first, int count, string worker, string address)
    {
        for (var shard = first; shard < first + count; shard++)
            if (_of[shard] is not null) return null;
        Array.Fill(_of, (worker, address), first, count);
        List<string> adders = [];
        for (var at = first; at < first + count; at += BlockSum.LargestBlock(at, first + count, shards))
        {
            // The largest sum that begins here is the right half of the one that begins there.
            var left = at % Most == 0 ? null : _of[at - (at & -at)];
            adders.Add(left is { Address.Length: > 0 } adder ? adder.Address : ToServer);
        }

        return adders;
    }

    /// <summary>Whose gradients are in a sum of several workers' that one of them brings; empty when it is none, or not that one's to make.</summary>
    public IReadOnlyList<WorkPart> PartsOf(int first, int count, string worker)
    {
        if (_of[first]?.Worker != worker || count > Most) return [];
        List<WorkPart> parts = [];
        for (var shard = first; shard < first + count; shard++)
        {
            if (_of[shard] is not { } owner) return [];
            if (parts.Count > 0 && parts[^1].Worker.Name == owner.Worker) parts[^1] = parts[^1] with { Count = parts[^1].Count + 1 };
            else parts.Add(new WorkPart(new WorkerId(owner.Worker), shard, 1));
        }

        return parts.Count > 1 ? parts : [];
    }

    private static int MostOf(int shards, int sums)
    {
        var most = 1;
        while ((shards + most - 1) / most > sums) most *= 2;
        return most;
    }
}

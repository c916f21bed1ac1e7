namespace ClusterTrain.Training.Tests.Engines.Simulation;

/// <summary>A clock that jumps to the next thing to happen; things at the same moment happen in random order.</summary>
internal sealed class VirtualTime(Random random)
{
    private readonly PriorityQueue<Action, (TimeSpan, int)> _queue = new();

    public TimeSpan Now { get; private set; }

    /// <summary>Plans <paramref name="action"/> for a random moment of the next <paramref name="milliseconds"/>.</summary>
    public void Within(int milliseconds, Action action) => After(random.Next(milliseconds + 1), action);

    public void After(int milliseconds, Action action) =>
        _queue.Enqueue(action, (Now + TimeSpan.FromMilliseconds(milliseconds), random.Next()));

    /// <summary>Lets the next thing happen; false when nothing is planned.</summary>
    public bool Next()
    {
        if (!_queue.TryDequeue(out var action, out var when)) return false;
        Now = when.Item1;
        action();
        return true;
    }
}

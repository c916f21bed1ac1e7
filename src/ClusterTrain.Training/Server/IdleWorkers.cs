namespace ClusterTrain.Training.Server;

/// <summary>The workers that wait for work, in the order in which they are offered some.</summary>
internal sealed class IdleWorkers
{
    private readonly LinkedList<ServerMessage.WorkerAsks> _queue = [];
    private readonly Dictionary<WorkerId, LinkedListNode<ServerMessage.WorkerAsks>> _nodes = [];

    public int Count => _queue.Count;

    /// <summary>Who is offered work next; only where there is somebody.</summary>
    public ServerMessage.WorkerAsks First => _queue.First!.Value;

    /// <summary>A worker waits from now on, for what it asks for now.</summary>
    public void Add(ServerMessage.WorkerAsks ask)
    {
        if (!_nodes.TryGetValue(ask.Worker, out var node)) _nodes.Add(ask.Worker, node = new LinkedListNode<ServerMessage.WorkerAsks>(ask));
        node.Value = ask;
        node.List?.Remove(node);
        _queue.AddLast(node);
    }

    /// <summary>The first has got something.</summary>
    public void Take() => _queue.RemoveFirst();

    /// <summary>There is nothing for the first: the others come before it.</summary>
    public void Pass()
    {
        var node = _queue.First!;
        _queue.RemoveFirst();
        _queue.AddLast(node);
    }

    /// <summary>A worker is gone.</summary>
    public void Forget(WorkerId worker)
    {
        if (_nodes.Remove(worker, out var node)) node.List?.Remove(node);
    }
}

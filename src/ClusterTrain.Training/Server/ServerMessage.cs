using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Server;

/// <summary>What goes into the parameter server.</summary>
public abstract record ServerMessage
{
    private ServerMessage()
    {
    }

    /// <summary>A worker has room for work.</summary>
    public sealed record WorkerAsks(WorkerId Worker) : ServerMessage
    {
        /// <summary>Items that it takes at most, 1 or more; default 1.</summary>
        public int Room { get; init; } = 1;

        /// <summary>What it takes; default all.</summary>
        public WorkKinds Kinds { get; init; } = WorkKinds.All;

        /// <summary>Whether what it was given before is done, and on its way here with others' gradients; default false: it has nothing in hand of it.</summary>
        public bool Keeps { get; init; }

        /// <summary>The time that a gradient of those before took it, where it says so: their sum may have come with those of others, and later. Default zero.</summary>
        public TimeSpan Took { get; init; }
    }

    /// <summary>A worker is gone; what it held is given to others.</summary>
    public sealed record WorkerLeaves(WorkerId Worker) : ServerMessage;

    /// <summary>An answer. Late, repeated and stray ones are welcome: they change nothing.</summary>
    public sealed record ResultArrives(WorkerId Worker, WorkResult Result) : ServerMessage
    {
        /// <summary>Of a sum of what several workers computed, which one of them brings: whose it is, in order and without a gap. Else empty.</summary>
        public IReadOnlyList<WorkPart> Parts { get; init; } = [];
    }

    /// <summary>Nothing happened, but leases may have run out.</summary>
    public sealed record TimePasses : ServerMessage;

    /// <summary>The user wants to stop: keep what is committed.</summary>
    public sealed record StopRequested : ServerMessage;
}

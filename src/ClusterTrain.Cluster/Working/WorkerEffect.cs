using ClusterTrain.Cluster.Protocol;

namespace ClusterTrain.Cluster.Working;

/// <summary>What a <see cref="WorkerMachine"/> wants done, in this order.</summary>
public abstract record WorkerEffect
{
    private WorkerEffect()
    {
    }

    /// <summary>Tell the server.</summary>
    public sealed record Send(IClusterMessage Message) : WorkerEffect;

    /// <summary>Get the run's spec, load its data, choose its math; answer with Prepared or CannotPrepare.</summary>
    public sealed record Prepare(RunKey Run, string Plane, string Math) : WorkerEffect;

    /// <summary>Do the work; answer with Worked or LostRun.</summary>
    public sealed record Work(ClusterMessage.Assign Assign) : WorkerEffect;

    /// <summary>Stop as soon as the item at hand is done.</summary>
    public sealed record HandBack : WorkerEffect;

    /// <summary>Wait no longer for the plane that the work at hand is for; answer with Worked or LostRun.</summary>
    public sealed record Abandon : WorkerEffect;

    /// <summary>This worker cannot work for a run, and waits for the next one.</summary>
    public sealed record SitOut(RunKey Run, string Why) : WorkerEffect;

    /// <summary>This worker is done.</summary>
    /// <param name="Refusal">Why it was not wanted; null when it left by itself.</param>
    public sealed record End(string? Refusal) : WorkerEffect;
}

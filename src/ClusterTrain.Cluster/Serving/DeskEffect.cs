using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Training.Server;

namespace ClusterTrain.Cluster.Serving;

/// <summary>What the <see cref="RunDesk"/> wants done, in this order.</summary>
public abstract record DeskEffect
{
    private DeskEffect()
    {
    }

    /// <summary>Tell a worker.</summary>
    public sealed record Send(string Worker, IClusterMessage Message) : DeskEffect;

    /// <summary>The parameter server decided something that is to be recorded: anything but an assignment.</summary>
    public sealed record Decided(ServerEffect Effect) : DeskEffect;

    /// <summary>A worker came, and is fit for the run.</summary>
    public sealed record WorkerJoined(string Worker) : DeskEffect;

    /// <summary>A worker went, or was lost.</summary>
    public sealed record WorkerLeft(string Worker, bool SaidGoodbye) : DeskEffect;

    /// <summary>A worker cannot work for the run, and why; for good where it computed wrongly.</summary>
    public sealed record WorkerSitsOut(string Worker, string Why, bool IsForGood = false) : DeskEffect;

    /// <summary>A worker is not wanted at all, and why.</summary>
    public sealed record WorkerRefused(string Worker, string Why) : DeskEffect;
}

using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Cluster.Serving;

/// <summary>What goes into the <see cref="RunDesk"/>.</summary>
public abstract record DeskInput
{
    private DeskInput()
    {
    }

    /// <summary>A worker said something.</summary>
    public sealed record Received(IClusterMessage Message) : DeskInput;

    /// <summary>A worker's tensor came in whole.</summary>
    public sealed record Arrived(string Worker, WorkResult Result) : DeskInput
    {
        /// <summary>Of a sum of several workers' gradients, whose it is; else empty.</summary>
        public IReadOnlyList<WorkPart> Parts { get; init; } = [];
    }

    /// <summary>A worker is gone without a word.</summary>
    public sealed record Lost(string Worker) : DeskInput;

    /// <summary>The user wants to stop: keep what is committed.</summary>
    public sealed record StopRequested : DeskInput;

    /// <summary>Nothing happened, but leases may have run out.</summary>
    public sealed record TimePasses : DeskInput;
}

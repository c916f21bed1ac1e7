using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Training.Server;

namespace ClusterTrain.Cluster.Serving;

/// <summary>What a <see cref="RunDesk"/> remembers of a worker.</summary>
internal sealed class KnownWorker(ClusterMessage.Join join)
{
    /// <summary>How it introduced itself the last time.</summary>
    public ClusterMessage.Join Join { get; set; } = join;

    public string Name => Join.Worker;

    /// <summary>Whether it has the run's spec, data and math.</summary>
    public bool IsReady { get; set; }

    /// <summary>Whether it has asked and not been given anything since.</summary>
    public bool IsIdle { get; set; }

    /// <summary>The kinds it last asked for.</summary>
    public WorkKinds Kinds { get; set; }

    public WorkerId Id => new(Name);
}

using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Cluster.Serving;

namespace ClusterTrain.Cluster.Working;

/// <summary>What goes into a <see cref="WorkerMachine"/>.</summary>
public abstract record WorkerInput
{
    private WorkerInput()
    {
    }

    /// <summary>The server said something.</summary>
    public sealed record Received(IClusterMessage Message) : WorkerInput;

    /// <summary>Spec, data and math of a run are here.</summary>
    public sealed record Prepared(RunKey Run, FitnessCheck Fingerprint) : WorkerInput;

    /// <summary>They are not, and trying again would not help.</summary>
    public sealed record CannotPrepare(RunKey Run, string Why) : WorkerInput;

    /// <summary>The work is done and its tensors delivered, or it is not wanted any more.</summary>
    /// <param name="Run">The run it was for.</param>
    /// <param name="Measured">Answers that ride in messages.</param>
    /// <param name="Failed">Address of a worker that did not give what it was asked for; empty for none.</param>
    public sealed record Worked(RunKey Run, IReadOnlyList<ClusterMessage.Measured> Measured, string Failed = "") : WorkerInput;

    /// <summary>The server's plane cannot be reached, or knows the run under another life.</summary>
    public sealed record LostRun(RunKey Run) : WorkerInput;

    /// <summary>The user, or who runs this process, wants it to end.</summary>
    public sealed record StopRequested : WorkerInput;

    public sealed record TimePasses : WorkerInput;
}

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
    /// <param name="Took">Microseconds that a gradient took, where its sum comes with those of others; else 0.</param>
    /// <param name="Keeps">Whether gradients are still on their way in sums.</param>
    /// <param name="Unheard">Address of a worker that did not answer when it was brought gradients to add to; empty for none.</param>
    public sealed record Worked(RunKey Run, IReadOnlyList<ClusterMessage.Measured> Measured, string Failed = "", long Took = 0, bool Keeps = false, string Unheard = "") : WorkerInput;

    /// <summary>The server's plane cannot be reached, or knows the run under another life.</summary>
    /// <param name="Run">The run.</param>
    /// <param name="IsBeside">Whether that was found beside the work at hand, which finds it out itself.</param>
    public sealed record LostRun(RunKey Run, bool IsBeside = false) : WorkerInput;

    /// <summary>The user, or who runs this process, wants it to end.</summary>
    public sealed record StopRequested : WorkerInput;

    public sealed record TimePasses : WorkerInput;
}

using System.Collections.Frozen;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Engines;

/// <summary>
/// How workers and parameter server meet. What an engine does with a run cannot change a bit of its result, which
/// <c>EngineContract</c> in the tests asks of each.
/// </summary>
public interface IEngine
{
    /// <summary>As users choose it, and as the run's results name it.</summary>
    string Name { get; }

    /// <summary>Carries the run on to its end, or to where it is stopped. Blocks; what is on disk stays good if it throws.</summary>
    /// <param name="run">The run, and where it stands.</param>
    /// <param name="observer">Sees what the server decides; called by one thread at a time.</param>
    /// <param name="stop">Interrupts the run: its state is kept.</param>
    /// <exception cref="WorkerFailedException">No worker can be had.</exception>
    /// <exception cref="AggregateException">A worker or the observer failed.</exception>
    RunOutcome Run(EngineRun run, IRunObserver observer, CancellationToken stop);
}

/// <summary>Workers cannot be had: the message says why.</summary>
public sealed class WorkerFailedException(string message) : Exception(message);

/// <summary>What an engine is to carry on.</summary>
public sealed record EngineRun
{
    /// <summary>The run's name.</summary>
    public required string Name { get; init; }

    /// <summary>Grows with every start of a server for this run: what is said under another one counts for nothing.</summary>
    public required int Incarnation { get; init; }

    public required RunContext Context { get; init; }

    /// <summary>Where the run stands; the engine goes on in this memory.</summary>
    public required RunState Start { get; init; }

    /// <summary>The spec as run (YAML), from which workers of other processes make the same run.</summary>
    public required string SpecText { get; init; }

    /// <summary>The run's folder, for files that tell of a living run; null where there is none.</summary>
    public string? Folder { get; init; }

    /// <summary>
    /// Workers that computed wrongly in an earlier session, by name, each with what it did: they get no work. Names of threads tell nothing
    /// of hardware; engines of this process may leave it.
    /// </summary>
    public IReadOnlyDictionary<string, string> ShutOut { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>A run that is called as its spec is.</summary>
    public static EngineRun Of(RunContext context, RunState start, int incarnation = 1, string? folder = null) => new()
    {
        Name = context.Spec.Name, Incarnation = incarnation, Context = context, Start = start,
        SpecText = SpecWriter.Write(context.Spec), Folder = folder,
    };
}

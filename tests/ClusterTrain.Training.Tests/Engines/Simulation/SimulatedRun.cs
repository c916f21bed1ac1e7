using ClusterTrain.Training.Server;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Tests.Engines.Simulation;

/// <summary>What a simulated run did, and what was done to it.</summary>
public sealed class SimulatedRun
{
    private readonly HashSet<WorkId> _assigned = [];

    /// <summary>Everything but assignments, with the number of the server's life.</summary>
    public List<(int Life, ServerEffect Effect)> Effects { get; } = [];

    /// <summary>Where the run stood when it ended.</summary>
    public RunState State { get; set; } = null!;

    public ServerEffect End => Effects[^1].Effect;

    /// <summary>Items that were given to a second worker.</summary>
    public int Reassigned { get; private set; }

    /// <summary>Answers to steps and evaluations that were over.</summary>
    public int Late { get; private set; }

    /// <summary>Answers after the end.</summary>
    public int Posthumous { get; private set; }

    /// <summary>Answers to another life of the server.</summary>
    public int Strays { get; private set; }

    public int MostHeld { get; set; }

    public IEnumerable<ServerEffect.StepCommitted> Commits => Effects.Select(e => e.Effect).OfType<ServerEffect.StepCommitted>();

    /// <summary>The ledger as it stands in the end: one line for a step that was repeated to the same bits.</summary>
    public IReadOnlyList<ServerEffect.StepCommitted> Ledger => [.. Commits.Distinct().OrderBy(commit => commit.Step)];

    internal void Note(int life, ServerEffect effect)
    {
        if (effect is not ServerEffect.Assign assign) Effects.Add((life, effect));
        else if (!_assigned.Add(assign.Range.First)) Reassigned++;
    }

    internal void NoteArrival(WorkResult result, int life, ParameterServer server)
    {
        if (server.IsFinished) Posthumous++;
        else if (result.Id.Incarnation != life) Strays++;
        else if (result.Id.Step < server.Model.Version && result.Id.Kind != WorkKind.Conclude) Late++;
    }
}

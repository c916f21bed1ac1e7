using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Server;

/// <summary>One measurement of one state over some splits: its chunks, and their sums as they arrive.</summary>
internal sealed class EvaluationRound
{
    private readonly IReadOnlyList<(EvaluationChunk Chunk, AttackPlan? Threat)> _chunks;
    private readonly EvaluationSums?[] _sums;
    private readonly WorkerId?[] _by;
    private int _missing;

    private EvaluationRound(RunContext context, WorkKind kind, ParameterSnapshot parameters)
    {
        Kind = kind;
        Parameters = parameters;
        _chunks = EvaluationPlan.Chunks(context, kind);
        _sums = new EvaluationSums?[_chunks.Count];
        _by = new WorkerId?[_chunks.Count];
        _missing = _chunks.Count;
    }

    public WorkKind Kind { get; }

    public ParameterSnapshot Parameters { get; }

    /// <summary>Steps that made what is measured.</summary>
    public long Version => ParameterSnapshot.StepsOf(Parameters.Version);

    public bool IsComplete => _missing == 0;

    /// <summary>A split whose loss is NaN or infinite though the parameters are not, once all is measured; or null.</summary>
    public Split? InfiniteSplit
    {
        get
        {
            var index = Array.FindIndex(_sums, sums => !double.IsFinite(sums!.Value.Loss));
            return index < 0 ? null : _chunks[index].Chunk.Split;
        }
    }

    /// <summary>What early stopping and the curves need.</summary>
    public static EvaluationRound OfValidation(RunContext context, ParameterSnapshot parameters) =>
        new(context, WorkKind.Validate, parameters);

    /// <summary>What the run ends with.</summary>
    public static EvaluationRound OfResult(RunContext context, ParameterSnapshot parameters) =>
        new(context, WorkKind.Conclude, parameters);

    public WorkRange Work(int incarnation) =>
        new(new WorkId(incarnation, Kind, Parameters.Version, 0), _chunks.Count, Parameters.Version);

    /// <summary>The sums of a chunk, once they are here.</summary>
    public EvaluationSums? this[int index] => _sums[index];

    /// <summary>Who measured a chunk.</summary>
    public WorkerId? By(int index) => _by[index];

    public void Put(int index, EvaluationSums sums, WorkerId by)
    {
        (_sums[index], _by[index]) = (sums, by);
        _missing--;
    }

    /// <summary>Forgets what a worker measured. Which items those are.</summary>
    public IReadOnlyList<WorkId> Forget(int incarnation, WorkerId worker)
    {
        List<WorkId> forgotten = [];
        for (var index = 0; index < _by.Length; index++)
        {
            if (_by[index] != worker) continue;
            (_sums[index], _by[index]) = (null, null);
            _missing++;
            forgotten.Add(new WorkId(incarnation, Kind, Parameters.Version, index));
        }

        return forgotten;
    }

    /// <summary>Sums over a split in chunk order.</summary>
    public EvaluationSums Total(Split split)
    {
        var total = default(EvaluationSums);
        for (var i = 0; i < _sums.Length; i++)
            if (_chunks[i].Chunk.Split == split)
                total += _sums[i]!.Value;
        return total;
    }
}

using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Server;

/// <summary>One measurement of one state over some splits: its chunks, and their sums as they arrive.</summary>
internal sealed class EvaluationRound
{
    private readonly IReadOnlyList<(EvaluationChunk Chunk, AttackPlan? Threat)> _chunks;
    private readonly EvaluationSums?[] _sums;
    private int _missing;

    private EvaluationRound(RunContext context, WorkKind kind, ParameterSnapshot parameters)
    {
        Kind = kind;
        Parameters = parameters;
        _chunks = EvaluationPlan.Chunks(context, kind);
        _sums = new EvaluationSums?[_chunks.Count];
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

    public void Put(int index, EvaluationSums sums)
    {
        _sums[index] = sums;
        _missing--;
    }

    public bool Agrees(int index, EvaluationSums sums) => _sums[index] == sums;

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

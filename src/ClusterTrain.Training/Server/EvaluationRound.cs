using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Server;

/// <summary>One measurement of one state over some splits: its chunks, and their sums as they arrive.</summary>
internal sealed class EvaluationRound
{
    private readonly List<(EvaluationChunk Chunk, AttackPlan? Threat)> _chunks = [];
    private readonly EvaluationSums?[] _sums;
    private int _missing;

    private EvaluationRound(
        WorkKind kind, ParameterSnapshot parameters, params IEnumerable<(EvaluationChunk, AttackPlan?)>[] splits)
    {
        Kind = kind;
        Parameters = parameters;
        foreach (var split in splits) _chunks.AddRange(split);
        _sums = new EvaluationSums?[_chunks.Count];
        _missing = _chunks.Count;
    }

    public WorkKind Kind { get; }

    public ParameterSnapshot Parameters { get; }

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
    public static EvaluationRound OfValidation(RunContext context, ParameterSnapshot parameters) => new(
        WorkKind.Validate,
        parameters,
        Chunks(context, Split.Validation, context.Plan.ValidationAttack, context.Spec.Evaluation.ValidationAttackRows));

    /// <summary>What the run ends with.</summary>
    public static EvaluationRound OfResult(RunContext context, ParameterSnapshot parameters) => new(
        WorkKind.Conclude,
        parameters,
        Chunks(context, Split.Train, null, 0),
        Chunks(context, Split.Test, context.Plan.TestAttack, context.Spec.Evaluation.TestAttackRows));

    public IEnumerable<WorkItem.Evaluate> Items(int incarnation)
    {
        for (var i = 0; i < _chunks.Count; i++)
            yield return new WorkItem.Evaluate(
                new WorkId(incarnation, Kind, Parameters.Version, i), Parameters.Version,
                _chunks[i].Chunk, _chunks[i].Threat);
    }

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

    // Attacked rows come first in a split and have chunks of their own, so that their number may be any.
    private static IEnumerable<(EvaluationChunk, AttackPlan?)> Chunks(
        RunContext context, Split split, AttackPlan? threat, int attackedRows)
    {
        var rows = context.Rows(split).Rows;
        var attacked = threat is null ? 0 : attackedRows == 0 ? rows : Math.Min(attackedRows, rows);
        foreach (var chunk in EvaluationChunk.Of(split, attacked)) yield return (chunk, threat);
        foreach (var chunk in EvaluationChunk.Of(split, rows - attacked))
            yield return (chunk with { First = chunk.First + attacked }, null);
    }
}

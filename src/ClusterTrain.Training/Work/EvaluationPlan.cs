using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Training.Planning;

namespace ClusterTrain.Training.Work;

/// <summary>What is measured when: a pure function of the run, so that a chunk's number says it all.</summary>
public static class EvaluationPlan
{
    /// <summary>The chunks of an evaluation, in order, each with the attack it is under.</summary>
    /// <param name="context">The run.</param>
    /// <param name="kind">Validate or Conclude.</param>
    public static IReadOnlyList<(EvaluationChunk Chunk, AttackPlan? Threat)> Chunks(RunContext context, WorkKind kind) => kind switch
    {
        WorkKind.Validate =>
        [
            .. Split(context, Work.Split.Validation, context.Plan.ValidationAttack, context.Spec.Evaluation.ValidationAttackRows),
            .. context.Spec.Evaluation.Train ? Split(context, Work.Split.Train, null, 0) : [],

            // Last: what is measured before has the numbers, and so the random starts, that it has without.
            .. context.Spec.WatchesOneStep ? OneStep(context) : [],
        ],
        WorkKind.Conclude =>
        [
            .. Split(context, Work.Split.Train, null, 0),
            .. Split(context, Work.Split.Test, context.Plan.TestAttack, context.Spec.Evaluation.TestAttackRows),
        ],
        _ => throw new ArgumentException($"{kind} is no evaluation.", nameof(kind)),
    };

    private static IEnumerable<(EvaluationChunk, AttackPlan?)> OneStep(RunContext context) =>
        Split(context, Work.Split.OneStep, context.Plan.TrainAttack, context.Spec.Evaluation.ValidationAttackRows).Where(chunk => chunk.Item2 is not null);

    // Attacked rows come first in a split and have chunks of their own, so that their number may be any.
    private static IEnumerable<(EvaluationChunk, AttackPlan?)> Split(
        RunContext context, Split split, AttackPlan? threat, int attackedRows)
    {
        var rows = context.Rows(split).Rows;
        var attacked = threat is null ? 0 : attackedRows == 0 ? rows : Math.Min(attackedRows, rows);
        foreach (var chunk in EvaluationChunk.Of(split, attacked)) yield return (chunk, threat);
        foreach (var chunk in EvaluationChunk.Of(split, rows - attacked))
            yield return (chunk with { First = chunk.First + attacked }, null);
    }
}

using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Losses;
using ClusterTrain.Numerics.Randomness;
using ClusterTrain.Numerics.Replicas;
using ClusterTrain.Training.Planning;

namespace ClusterTrain.Training.Work;

/// <summary>
/// Measures the rows of a chunk on the full deterministic network, row by row: the one place where accuracy and robust
/// accuracy come from, in training and in <c>evaluate</c>. Owns its scratch memory; one per thread.
/// </summary>
/// <remarks>
/// A row's outcome under an attack depends on the row, its place in the split and the attack, never on the rows that are
/// attacked beside it.
/// </remarks>
internal sealed class ChunkMeter(RunContext context, AttackLoop attack)
{
    private readonly float[] _rows = new float[EvaluationChunk.MaxRows * context.Plan.Network.Inputs];
    private readonly float[] _adversarial = new float[EvaluationChunk.MaxRows * context.Plan.Network.Inputs];
    private readonly byte[] _labels = new byte[EvaluationChunk.MaxRows];
    private readonly int[] _places = new int[EvaluationChunk.MaxRows];
    private readonly float[] _losses = new float[EvaluationChunk.MaxRows];

    /// <summary>The sum of the rows' cross-entropies, and for each row whether it is classified right.</summary>
    /// <param name="correct">[rows of the chunk], written.</param>
    public double Clean(Replica network, EvaluationChunk chunk, Span<bool> correct)
    {
        var examples = context.Rows(chunk.Split);
        var labels = examples.Labels.AsSpan(chunk.First, chunk.Rows);
        var rows = examples.Inputs.Span.Slice(chunk.First * examples.Features, chunk.Rows * examples.Features);
        var logits = network.Forward(rows, chunk.Rows);
        SoftmaxCrossEntropy.Forward(logits, labels, network.Classes, 0f, _losses);
        Judge(logits, labels, correct);
        var loss = 0.0;
        for (var row = 0; row < chunk.Rows; row++) loss += _losses[row];
        return loss;
    }

    /// <summary>Attacks some rows of the chunk; the others cannot be robust, since the ball holds its centre.</summary>
    /// <param name="network">The full network.</param>
    /// <param name="plan">The attack.</param>
    /// <param name="chunk">Where the rows lie.</param>
    /// <param name="standing">Which rows to attack, [rows of the chunk].</param>
    /// <param name="still">Which of them are classified right under the attack too, [rows of the chunk]; may be standing.</param>
    public AttackExtents Attack(
        Replica network, AttackPlan plan, EvaluationChunk chunk, ReadOnlySpan<bool> standing, Span<bool> still)
    {
        var examples = context.Rows(chunk.Split);
        var (features, count) = (examples.Features, 0);
        for (var row = 0; row < chunk.Rows; row++)
        {
            if (!standing[row]) continue;
            examples.Row(chunk.First + row).CopyTo(_rows.AsSpan(count * features));
            (_labels[count], _places[count]) = (examples.Labels[chunk.First + row], row);
            count++;
        }

        still[..chunk.Rows].Clear();
        if (count == 0) return AttackExtents.None;
        var rows = _rows.AsSpan(0, count * features);
        var labels = _labels.AsSpan(0, count);
        var adversarial = _adversarial.AsSpan(0, rows.Length);
        attack.Run(network, plan, rows, labels, StartOf(context, chunk), adversarial, places: _places.AsSpan(0, count));
        Span<bool> right = stackalloc bool[count];
        Judge(network.Forward(adversarial, count), labels, right);
        for (var i = 0; i < count; i++) still[_places[i]] = right[i];
        return AttackExtents.Of(plan.Attack.Norm, rows, adversarial, context.Data.Range, features);
    }

    /// <summary>The random starts of a chunk's rows.</summary>
    public static AttackStart StartOf(RunContext context, EvaluationChunk chunk) => new(
        context.Spec.Seed, (long)chunk.Split, chunk.First / EvaluationChunk.MaxRows, RandomPurpose.EvaluationStart);

    private static void Judge(ReadOnlySpan<float> logits, ReadOnlySpan<byte> labels, Span<bool> correct)
    {
        var classes = logits.Length / labels.Length;
        for (var row = 0; row < labels.Length; row++)
            correct[row] = SoftmaxCrossEntropy.Predict(logits.Slice(row * classes, classes)) == labels[row];
    }
}

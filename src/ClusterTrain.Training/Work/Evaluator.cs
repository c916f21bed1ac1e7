using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Randomness;
using ClusterTrain.Numerics.Replicas;
using ClusterTrain.Training.Planning;

namespace ClusterTrain.Training.Work;

/// <summary>
/// Measures rows on the full deterministic network. Only rows that are classified right are attacked: the others are
/// not robust, since the ball holds its centre.
/// </summary>
internal sealed class Evaluator(RunContext context, AttackLoop attack)
{
    private readonly float[] _rows = new float[EvaluationChunk.MaxRows * context.Plan.Network.Inputs];
    private readonly float[] _adversarial = new float[EvaluationChunk.MaxRows * context.Plan.Network.Inputs];
    private readonly byte[] _labels = new byte[EvaluationChunk.MaxRows];
    private readonly float[] _losses = new float[EvaluationChunk.MaxRows];

    public EvaluationSums Measure(Replica network, WorkItem.Evaluate item)
    {
        var (chunk, examples) = (item.Chunk, context.Rows(item.Chunk.Split));
        var features = examples.Features;
        var labels = examples.Labels.AsSpan(chunk.First, chunk.Rows);
        var rows = examples.Inputs.Span.Slice(chunk.First * features, chunk.Rows * features);
        var classes = network.Network.Outputs;

        var logits = network.Forward(rows, chunk.Rows);
        SoftmaxCrossEntropy.Forward(logits, labels, classes, 0f, _losses);
        var loss = 0.0;
        for (var row = 0; row < chunk.Rows; row++) loss += _losses[row];
        var correct = KeepCorrect(logits, labels, rows, features, classes);

        var robust = item.Threat is { } threat ? Attack(network, threat, chunk, correct, features) : 0;
        return new EvaluationSums(chunk.Rows, loss, correct, item.Threat is null ? 0 : chunk.Rows, robust);
    }

    private int KeepCorrect(
        ReadOnlySpan<float> logits, ReadOnlySpan<byte> labels, ReadOnlySpan<float> rows, int features, int classes)
    {
        var correct = 0;
        for (var row = 0; row < labels.Length; row++)
        {
            if (SoftmaxCrossEntropy.Predict(logits.Slice(row * classes, classes)) != labels[row]) continue;
            rows.Slice(row * features, features).CopyTo(_rows.AsSpan(correct * features));
            _labels[correct++] = labels[row];
        }

        return correct;
    }

    private int Attack(Replica network, AttackPlan threat, EvaluationChunk chunk, int count, int features)
    {
        if (count == 0) return 0;
        var rows = _rows.AsSpan(0, count * features);
        var labels = _labels.AsSpan(0, count);
        var adversarial = _adversarial.AsSpan(0, rows.Length);
        var start = new AttackStart(
            context.Spec.Seed, (long)chunk.Split, chunk.First / EvaluationChunk.MaxRows, RandomPurpose.EvaluationStart);
        attack.Run(network, threat, rows, labels, start, adversarial);
        var logits = network.Forward(adversarial, count);
        var (classes, robust) = (network.Network.Outputs, 0);
        for (var row = 0; row < count; row++)
            if (SoftmaxCrossEntropy.Predict(logits.Slice(row * classes, classes)) == labels[row])
                robust++;
        return robust;
    }
}

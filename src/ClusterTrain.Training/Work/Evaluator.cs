using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Replicas;
using ClusterTrain.Training.Planning;

namespace ClusterTrain.Training.Work;

/// <summary>Counts what <see cref="ChunkMeter"/> measures, for a work item. Only rows that are classified right are attacked.</summary>
internal sealed class Evaluator(RunContext context, AttackLoop attack)
{
    private readonly ChunkMeter _meter = new(context, attack);
    private readonly bool[] _right = new bool[EvaluationChunk.MaxRows];

    public EvaluationSums Measure(Replica network, WorkItem.Evaluate item)
    {
        var chunk = item.Chunk;
        var right = _right.AsSpan(0, chunk.Rows);
        var loss = _meter.Clean(network, chunk, right);
        var correct = right.Count(true);
        if (item.Threat is not { } threat) return new EvaluationSums(chunk.Rows, loss, correct, 0, 0);
        _meter.Attack(network, threat, chunk, right, right);
        return new EvaluationSums(chunk.Rows, loss, correct, chunk.Rows, right.Count(true));
    }
}

using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Replicas;
using ClusterTrain.Numerics.Thinning;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Runs.Evaluation;

/// <summary>
/// Attacks the full deterministic network of a finished run, row by row outcome. Rows go in the same chunks with the
/// same random starts as in training's own final evaluation, so both give the same figures; only rows that still stand
/// are attacked.
/// </summary>
/// <param name="context">The run.</param>
/// <param name="state">What is attacked.</param>
/// <param name="workers">Threads, 1 or more; they change the time, never an outcome.</param>
/// <param name="time">Measures the attacks.</param>
public sealed class RobustEvaluation(RunContext context, ModelState state, int workers, TimeProvider time)
{
    private readonly MapShape _image = MapShape.Of(context.Data.InputShape);

    /// <summary>Whether the run was trained on an attack of one step, which can collapse.</summary>
    public bool IsTrainedOnOneStep => context.Spec.Adversarial.Attack is BallAttack { GradientSteps: 1 };

    /// <summary>Class scores a row.</summary>
    public int Classes => context.Plan.Network.Outputs;

    /// <summary>Inputs a row.</summary>
    public int Features => context.Plan.Network.Inputs;

    /// <summary>What each input can be.</summary>
    public InputRange Range => context.Data.Range;

    /// <summary>For each of the first <paramref name="rows"/> test rows, whether it is classified right.</summary>
    public bool[] Clean(int rows)
    {
        var correct = new bool[rows];
        InChunks(rows, (meter, network, chunk) => meter.Clean(network, chunk, correct.AsSpan(chunk.First, chunk.Rows)));
        return correct;
    }

    /// <summary>
    /// How many of the rows that <paramref name="standing"/> names have a gradient of cross-entropy by their inputs that is 0
    /// everywhere, or not a finite number somewhere: no attack can follow it.
    /// </summary>
    public int WithoutGradient(IReadOnlyList<bool> standing)
    {
        var blind = new bool[standing.Count];
        NetworkChunks.Run(context, state, workers, standing.Count, (network, chunk) =>
        {
            var examples = context.Data.Test;
            var gradient = new float[chunk.Rows * examples.Features];
            network.InputGradient(
                examples.Inputs.Span.Slice(chunk.First * examples.Features, gradient.Length), examples.Labels.AsSpan(chunk.First, chunk.Rows), gradient);
            for (var row = 0; row < chunk.Rows; row++)
            {
                var own = gradient.AsSpan(row * examples.Features, examples.Features);
                blind[chunk.First + row] = standing[chunk.First + row] && (!own.ContainsAnyExcept(0f) || !IsFinite(own));
            }
        });
        return blind.Count(row => row);
    }

    /// <summary>Attacks the rows that <paramref name="standing"/> names, such as those that are classified right.</summary>
    public AttackOutcome Attack(BallAttack attack, IReadOnlyList<bool> standing)
    {
        var plan = AttackPlan.ForEvaluation(attack, _image, Range)!;
        bool[] before = [.. standing];
        var after = new bool[before.Length];
        var extents = new AttackExtents[(before.Length + EvaluationChunk.MaxRows - 1) / EvaluationChunk.MaxRows];
        var started = time.GetTimestamp();
        InChunks(before.Length, (meter, network, chunk) => extents[chunk.First / EvaluationChunk.MaxRows] = meter.Attack(
            network, plan, chunk, before.AsSpan(chunk.First, chunk.Rows), after.AsSpan(chunk.First, chunk.Rows)));
        var all = extents.Aggregate(AttackExtents.None, AttackExtents.Join);
        return new AttackOutcome(
            attack, before, after, all.Perturbation, all.Lowest, all.Highest, all.Outside, time.GetElapsedTime(started));
    }

    private static bool IsFinite(ReadOnlySpan<float> values)
    {
        foreach (var value in values)
            if (!float.IsFinite(value)) return false;
        return true;
    }

    // Chunks do not touch each other's rows, so any number of threads gives the same outcome.
    private void InChunks(int rows, Action<ChunkMeter, Replica, EvaluationChunk> measure) =>
        NetworkChunks.Run(context, state, workers, rows, () => new ChunkMeter(context, new AttackLoop()), measure);
}

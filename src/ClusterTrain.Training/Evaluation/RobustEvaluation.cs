using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Randomness;
using ClusterTrain.Numerics.Replicas;
using ClusterTrain.Numerics.Thinning;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Evaluation;

/// <summary>
/// Attacks the full deterministic network of a finished run, row by row outcome. Rows go in the same chunks with the
/// same random starts as in training's own final evaluation, so both give the same figures; only rows that are classified
/// right are attacked.
/// </summary>
public sealed class RobustEvaluation(RunContext context, ModelState state, int workers)
{
    private readonly Examples _examples = context.Data.Test;

    /// <summary>For each of the first <paramref name="rows"/> test rows, whether it is classified right.</summary>
    public bool[] Clean(int rows)
    {
        var correct = new bool[rows];
        InChunks(rows, (replica, _, chunk) =>
        {
            var logits = replica.Forward(Rows(chunk), chunk.Rows);
            Judge(logits, _examples.Labels.AsSpan(chunk.First, chunk.Rows), correct.AsSpan(chunk.First, chunk.Rows));
        });
        return correct;
    }

    /// <summary>Attacks the rows that <paramref name="clean"/> says are classified right.</summary>
    public AttackOutcome Attack(AttackSpec attack, bool[] clean)
    {
        var plan = SpecTranslation.Attack(attack) ?? throw new ArgumentException("There is no attack to make.", nameof(attack));
        var robust = new bool[clean.Length];
        var extents = new Extents[(clean.Length + EvaluationChunk.MaxRows - 1) / EvaluationChunk.MaxRows];
        InChunks(clean.Length, (replica, loop, chunk) =>
            extents[chunk.First / EvaluationChunk.MaxRows] = AttackChunk(replica, loop, plan, chunk, clean, robust));
        var all = extents.Aggregate(Extents.None, Extents.Join);
        return new AttackOutcome(attack, robust, all.Perturbation, all.Lowest, all.Highest);
    }

    private Extents AttackChunk(
        Replica replica, AttackLoop loop, AttackPlan plan, EvaluationChunk chunk, bool[] clean, bool[] robust)
    {
        var chosen = Enumerable.Range(chunk.First, chunk.Rows).Where(row => clean[row]).ToArray();
        if (chosen.Length == 0) return Extents.None;
        var features = _examples.Features;
        var rows = new float[chosen.Length * features];
        for (var i = 0; i < chosen.Length; i++) _examples.Row(chosen[i]).CopyTo(rows.AsSpan(i * features));
        byte[] labels = [.. chosen.Select(row => _examples.Labels[row])];
        var adversarial = new float[rows.Length];
        var start = new AttackStart(
            context.Spec.Seed, (long)Split.Test, chunk.First / EvaluationChunk.MaxRows, RandomPurpose.EvaluationStart);
        loop.Run(replica, plan, rows, labels, start, adversarial);
        var still = new bool[chosen.Length];
        Judge(replica.Forward(adversarial, chosen.Length), labels, still);
        for (var i = 0; i < chosen.Length; i++) robust[chosen[i]] = still[i];
        return Extents.Of(plan.Norm, rows, adversarial, features);
    }

    // Chunks do not touch each other's rows, so any number of threads gives the same outcome.
    private void InChunks(int rows, Action<Replica, AttackLoop, EvaluationChunk> measure)
    {
        var chunks = EvaluationChunk.Of(Split.Test, rows).ToArray();
        var next = -1;
        var failures = new List<Exception>();
        void Work()
        {
            try
            {
                var network = context.Plan.Network;
                var replica = new Replica(network, context.CreateProducts(), EvaluationChunk.MaxRows);
                replica.Bind(state.Current.Parameters, new ReplicaMask(network).Fill());
                var loop = new AttackLoop();
                for (var i = Interlocked.Increment(ref next); i < chunks.Length; i = Interlocked.Increment(ref next))
                    measure(replica, loop, chunks[i]);
            }
            catch (Exception failure)
            {
                lock (failures) failures.Add(failure);
            }
        }

        var threads = Enumerable.Range(0, Math.Min(workers, chunks.Length)).Select(_ => new Thread(Work)).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        if (failures.Count > 0) throw new AggregateException("The evaluation failed.", failures);
    }

    private ReadOnlySpan<float> Rows(EvaluationChunk chunk) =>
        _examples.Inputs.Span.Slice(chunk.First * _examples.Features, chunk.Rows * _examples.Features);

    private static void Judge(ReadOnlySpan<float> logits, ReadOnlySpan<byte> labels, Span<bool> correct)
    {
        var classes = logits.Length / labels.Length;
        for (var row = 0; row < labels.Length; row++)
            correct[row] = SoftmaxCrossEntropy.Predict(logits.Slice(row * classes, classes)) == labels[row];
    }

    private readonly record struct Extents(double Perturbation, double Lowest, double Highest)
    {
        public static readonly Extents None = new(0, double.PositiveInfinity, double.NegativeInfinity);

        public static Extents Join(Extents a, Extents b) => new(
            Math.Max(a.Perturbation, b.Perturbation), Math.Min(a.Lowest, b.Lowest), Math.Max(a.Highest, b.Highest));

        public static Extents Of(AttackNorm norm, float[] rows, float[] adversarial, int features)
        {
            var extents = None;
            for (var row = 0; row < rows.Length; row += features)
            {
                var (squares, largest) = (0.0, 0.0);
                for (var i = row; i < row + features; i++)
                {
                    var move = Math.Abs((double)adversarial[i] - rows[i]);
                    squares += move * move;
                    largest = Math.Max(largest, move);
                    extents = extents with
                    {
                        Lowest = Math.Min(extents.Lowest, adversarial[i]),
                        Highest = Math.Max(extents.Highest, adversarial[i]),
                    };
                }

                var size = norm == AttackNorm.Linf ? largest : Math.Sqrt(squares);
                extents = extents with { Perturbation = Math.Max(extents.Perturbation, size) };
            }

            return extents;
        }
    }
}

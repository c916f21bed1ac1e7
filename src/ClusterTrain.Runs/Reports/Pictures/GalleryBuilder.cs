using ClusterTrain.Numerics.Attacks;
using ClusterTrain.Numerics.Fixed;
using ClusterTrain.Numerics.Losses;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Replicas;
using ClusterTrain.Numerics.Thinning;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Runs.Reports.Pictures;

/// <summary>
/// Attacks the first test rows that a state classifies right. Random starts are those of the test evaluation, chunk by
/// chunk, so that with the spec's test attack the pictures show the very examples that the robust accuracy counted.
/// </summary>
internal sealed class GalleryBuilder
{
    public const int MostSamples = 12;

    private static readonly PgdAttack ReportAttack = new()
    {
        Norm = AttackNorm.Linf,
        Epsilon = 0.1,
        StepSize = 0.025,
        Steps = 10,
    };

    private readonly RunContext _context;
    private readonly ModelState _state;
    private readonly Replica _network;
    private readonly AttackPlan _attack;
    private readonly AttackLoop _loop = new();
    private readonly List<AdversarialSample> _samples = [];

    private GalleryBuilder(RunContext context, ModelState state, BallAttack attack)
    {
        (_context, _state) = (context, state);
        _attack = AttackPlan.ForEvaluation(attack, MapShape.Of(context.Data.InputShape), context.Data.Range)!;
        _network = new Replica(context.Plan.Network, context.CreateProducts(), EvaluationChunk.MaxRows);
        _network.Bind(state.Served.Parameters, new ReplicaMask(context.Plan.Network).Fill());
    }

    /// <summary>The samples, or null if the rows are no pictures.</summary>
    public static SampleGallery? Build(RunContext context, ModelState state)
    {
        if (ImageShape.Of(context.Data.InputShape) is not { } shape) return null;
        var (attack, origin) = Choose(context.Spec);
        var builder = new GalleryBuilder(context, state, attack);
        builder.Collect();
        return new SampleGallery(shape, AttackText.Print(attack), origin, state.Version, builder._samples);
    }

    private static (BallAttack Attack, AttackOrigin Origin) Choose(RunSpec spec) =>
        spec.Evaluation.TestAttack is BallAttack test ? (test, AttackOrigin.Test)
        : spec.Adversarial.Attack is BallAttack training ? (training, AttackOrigin.Training)
        : (ReportAttack, AttackOrigin.Report);

    private void Collect()
    {
        foreach (var chunk in EvaluationChunk.Of(Split.Test, _context.Data.Test.Rows))
        {
            var found = FindCorrect(chunk);
            if (found.Count > 0) Attack(chunk, found);
            if (_samples.Count == MostSamples) return;
        }
    }

    /// <summary>The chunk's first rows that are classified right, as many as are still wanted.</summary>
    private List<(int Row, Prediction Prediction)> FindCorrect(EvaluationChunk chunk)
    {
        var test = _context.Data.Test;
        var rows = test.Inputs.Span.Slice(chunk.First * test.Features, chunk.Rows * test.Features);
        var logits = _network.Forward(rows, chunk.Rows);
        List<(int, Prediction)> found = [];
        for (var i = 0; i < chunk.Rows && _samples.Count + found.Count < MostSamples; i++)
        {
            var prediction = Predict(logits, i);
            if (prediction.Class == test.Labels[chunk.First + i]) found.Add((chunk.First + i, prediction));
        }

        return found;
    }

    private void Attack(EvaluationChunk chunk, List<(int Row, Prediction Prediction)> found)
    {
        var test = _context.Data.Test;
        float[] rows = [.. found.SelectMany(sample => test.Row(sample.Row).ToArray())];
        byte[] labels = [.. found.Select(sample => test.Labels[sample.Row])];
        var adversarial = new float[rows.Length];
        int[] places = [.. found.Select(sample => sample.Row - chunk.First)];
        _loop.Run(_network, _attack, rows, labels, ChunkMeter.StartOf(_context, chunk), adversarial, places: places);
        var logits = _network.Forward(adversarial, found.Count);
        for (var i = 0; i < found.Count; i++)
        {
            _samples.Add(new AdversarialSample(
                found[i].Row, labels[i], rows.AsMemory(i * test.Features, test.Features),
                adversarial.AsMemory(i * test.Features, test.Features), found[i].Prediction, Predict(logits, i)));
        }
    }

    private Prediction Predict(ReadOnlySpan<float> logits, int row)
    {
        var classes = _state.Network.Outputs;
        var scores = logits.Slice(row * classes, classes);
        var logProbabilities = new float[classes];
        SoftmaxCrossEntropy.LogSoftmax(scores, logProbabilities);
        var best = SoftmaxCrossEntropy.Predict(scores);
        return new Prediction(best, FixedMath.Exp(logProbabilities[best]));
    }
}

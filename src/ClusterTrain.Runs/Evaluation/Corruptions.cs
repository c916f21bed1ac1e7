using ClusterTrain.Numerics.Augmentation;
using ClusterTrain.Numerics.Losses;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Randomness;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Runs.Evaluation;

/// <summary>What befalls a picture without anyone's intent, unlike an attack.</summary>
public enum CorruptionKind
{
    /// <summary>Gaussian noise on every value; severity is its standard deviation, in parts of the value's span. Clipped to its range.</summary>
    Noise,

    /// <summary>Pixels set to 0 in all channels, of a table single values; severity is each one's probability.</summary>
    Missing,
}

/// <summary>Share of test rows classified right at one severity.</summary>
public sealed record CorruptionOutcome(CorruptionKind Kind, double Severity, double Accuracy);

/// <summary>
/// Accuracy against severity (Hendrycks and Dietterich 2019, "Benchmarking Neural Network Robustness to Common
/// Corruptions and Perturbations": several kinds at five severities each).
/// </summary>
public static class Corruptions
{
    // The corrupted test rows are the same for every run, so that runs can be compared.
    private const long Seed = 0;

    /// <summary>The severities that are measured, ascending.</summary>
    public static IReadOnlyList<double> Severities { get; } = [0.1, 0.2, 0.3, 0.4, 0.5];

    /// <summary>Accuracy of the full deterministic network at each of <see cref="Severities"/>.</summary>
    /// <param name="context">The run.</param>
    /// <param name="state">Its parameters.</param>
    /// <param name="workers">Threads; the figures do not depend on them.</param>
    /// <param name="rows">Test rows, from the first.</param>
    /// <param name="kind">What befalls them.</param>
    public static IReadOnlyList<CorruptionOutcome> Measure(
        RunContext context, ModelState state, int workers, int rows, CorruptionKind kind) =>
        [.. Severities.Select(severity =>
            new CorruptionOutcome(kind, severity, Accuracy(context, state, workers, rows, kind, severity)))];

    /// <summary>
    /// Corrupts one picture in place. A row has the same numbers at each severity: what is missing at 0.1 is missing at
    /// 0.2, and noise only grows.
    /// </summary>
    /// <param name="kind">What befalls it.</param>
    /// <param name="severity">0 changes nothing.</param>
    /// <param name="shape">Channels, height, width.</param>
    /// <param name="row">Number of the row in its split.</param>
    /// <param name="picture">[channels, height, width] in <paramref name="range"/>.</param>
    /// <param name="range">Of the inputs; noise is in parts of each one's span. Null means [0, 1].</param>
    public static void Apply(CorruptionKind kind, double severity, MapShape shape, int row, Span<float> picture, InputRange? range = null)
    {
        range ??= InputRange.Unit;
        var stream = new RandomStream(Seed, RandomPurpose.Corruption, step: (long)kind, shard: row);
        switch (kind)
        {
            case CorruptionKind.Noise:
                AddNoise(picture, severity, stream, range);
                range.Clamp(picture);
                break;
            case CorruptionKind.Missing:
                for (var pixel = 0; pixel < shape.Area; pixel++)
                {
                    if (!(stream.Uniform(pixel) < severity)) continue;
                    for (var at = pixel; at < picture.Length; at += shape.Area) picture[at] = range.Clamp(at, 0f);
                }

                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such corruption.");
        }
    }

    private static void AddNoise(Span<float> picture, double severity, RandomStream stream, InputRange range)
    {
        if (range.IsUnit)
        {
            GaussianNoise.Add(picture, severity, stream);
            return;
        }

        var noise = new float[picture.Length];
        GaussianNoise.Add(noise, severity, stream);
        for (var i = 0; i < noise.Length; i++) picture[i] += range.Span(i) * noise[i];
    }

    private static double Accuracy(
        RunContext context, ModelState state, int workers, int rows, CorruptionKind kind, double severity)
    {
        var (examples, range) = (context.Data.Test, context.Data.Range);
        var shape = context.Data.IsTable ? new MapShape(1, 1, examples.Features) : MapShape.Of(context.Data.InputShape);
        var (features, classes) = (examples.Features, context.Plan.Network.Outputs);
        var right = new bool[rows];
        NetworkChunks.Run(context, state, workers, rows, (replica, chunk) =>
        {
            var corrupted = examples.Inputs.Span.Slice(chunk.First * features, chunk.Rows * features).ToArray();
            for (var i = 0; i < chunk.Rows; i++)
                Apply(kind, severity, shape, chunk.First + i, corrupted.AsSpan(i * features, features), range);
            var logits = replica.Forward(corrupted, chunk.Rows);
            for (var i = 0; i < chunk.Rows; i++)
                right[chunk.First + i] = SoftmaxCrossEntropy.Predict(logits.Slice(i * classes, classes)) == examples.Labels[chunk.First + i];
        });
        return (double)right.Count(isRight => isRight) / rows;
    }
}

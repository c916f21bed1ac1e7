using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Managed;
using ClusterTrain.Numerics.Tensors;
using ClusterTrain.Runs.Evaluation;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Serial;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Runs.Tests.Evaluation;

public sealed class CorruptionsTests
{
    private static readonly MapShape Shape = new(3, 20, 20);
    private static readonly float[] Grey = [.. Enumerable.Repeat(0.5f, Shape.Features)];

    [Theory]
    [InlineData(CorruptionKind.Noise)]
    [InlineData(CorruptionKind.Missing)]
    public void Apply_Severity0_ChangesNothing(CorruptionKind kind) => Assert.Equal(Grey, Corrupted(kind, 0));

    [Theory]
    [InlineData(CorruptionKind.Noise)]
    [InlineData(CorruptionKind.Missing)]
    public void Apply_SameRow_GivesTheSameBitsAndAnotherRowOthers(CorruptionKind kind)
    {
        Assert.Equal(Corrupted(kind, 0.3), Corrupted(kind, 0.3));
        Assert.NotEqual(Corrupted(kind, 0.3), Corrupted(kind, 0.3, row: 2));
    }

    [Fact]
    public void Apply_Noise_HasMeanZeroAndTheStatedDeviationWithin0And1()
    {
        var changes = Enumerable.Range(0, 50).SelectMany(row => Corrupted(CorruptionKind.Noise, 0.1, row)).Select(value => value - 0.5).ToList();
        var (count, mean) = (changes.Count, changes.Average());
        var variance = changes.Sum(change => (change - mean) * (change - mean)) / (count - 1);

        // Clipping at 5 deviations changes nothing that 4 standard errors would show.
        Assert.InRange(mean, -4 * 0.1 / Math.Sqrt(count), 4 * 0.1 / Math.Sqrt(count));
        Assert.InRange(variance, 0.01 * (1 - (4 * Math.Sqrt(2.0 / count))), 0.01 * (1 + (4 * Math.Sqrt(2.0 / count))));
        var strong = Corrupted(CorruptionKind.Noise, 0.5);
        Assert.All(strong, value => Assert.InRange(value, 0f, 1f));
        Assert.Contains(0f, strong);
        Assert.Contains(1f, strong);
    }

    [Fact]
    public void Apply_Missing_BlanksTheStatedShareOfPixelsInAllChannels()
    {
        var missing = 0;
        for (var row = 0; row < 50; row++)
        {
            var picture = Corrupted(CorruptionKind.Missing, 0.3, row);
            for (var pixel = 0; pixel < Shape.Area; pixel++)
            {
                float[] values = [.. Enumerable.Range(0, 3).Select(channel => picture[(channel * Shape.Area) + pixel])];
                Assert.Single(values.Distinct());
                Assert.Contains(values[0], new[] { 0f, 0.5f });
                if (values[0] == 0f) missing++;
            }
        }

        // 20,000 pixels: a standard error is 0.0032.
        Assert.InRange(missing / 20_000.0, 0.287, 0.313);
    }

    [Fact]
    public void Apply_Missing_HigherSeverityBlanksTheSameAndMore()
    {
        var (few, many) = (Corrupted(CorruptionKind.Missing, 0.1), Corrupted(CorruptionKind.Missing, 0.4));

        Assert.All(Enumerable.Range(0, few.Length).Where(i => few[i] == 0f), i => Assert.Equal(0f, many[i]));
        Assert.True(many.Count(value => value == 0f) > few.Count(value => value == 0f));
    }

    [Theory]
    [InlineData(CorruptionKind.Noise)]
    [InlineData(CorruptionKind.Missing)]
    public void Measure_TrainedNetwork_CountsWhatTheNetworkSaysOfCorruptedRows(CorruptionKind kind)
    {
        var context = TinyRuns.Context("plain");
        var model = new SerialTrainer(context).Train(RunState.Initial(context.Plan)).Model;

        var outcomes = Corruptions.Measure(context, model, workers: 2, rows: 33, kind);

        Assert.Equal([0.1, 0.2, 0.3, 0.4, 0.5], outcomes.Select(outcome => outcome.Severity));
        Assert.Equal(outcomes, Corruptions.Measure(context, model, workers: 1, rows: 33, kind));
        foreach (var outcome in outcomes)
        {
            var expected = Enumerable.Range(0, 33).Count(row => IsRight(model, kind, outcome.Severity, row));
            Assert.Equal(expected / 33.0, outcome.Accuracy);
        }
    }

    // The corrupted row as the only test row of a data set, through the evaluator of training.
    private static bool IsRight(ModelState model, CorruptionKind kind, double severity, int row)
    {
        var (data, test) = (TinyRuns.Data, TinyRuns.Data.Test);
        var inputs = new AlignedBuffer(12);
        test.Row(row).CopyTo(inputs.Span);
        Corruptions.Apply(kind, severity, new MapShape(1, 3, 4), row, inputs.Span);
        var context = new RunContext(
            TinyRuns.Plain, data with { Test = new Examples(inputs, [test.Labels[row]], 12) },
            () => new ManagedProducts());
        var item = new WorkItem.Evaluate(
            new WorkId(0, WorkKind.Conclude, model.Version, 0), model.Version, new EvaluationChunk(Split.Test, 0, 1), null);
        return ((WorkResult.Evaluated)new WorkExecutor(context).Execute(item, model.Current)).Sums.Correct == 1;
    }

    private static float[] Corrupted(CorruptionKind kind, double severity, int row = 1)
    {
        var picture = Grey.ToArray();
        Corruptions.Apply(kind, severity, Shape, row, picture);
        return picture;
    }
}

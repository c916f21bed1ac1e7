using ClusterTrain.Numerics.Layers.Dense;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Products.Managed;
using ClusterTrain.Numerics.Tensors;
using ClusterTrain.Runs.Evaluation;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Serial;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Runs.Tests.Evaluation;

public sealed class SmoothnessTests
{
    private const int Features = 12;
    private const int Classes = 4;

    // One dense layer: the gradient of a row's loss by its inputs is W^T (softmax(W x + b) - y).
    [Fact]
    public void MeanInputGradientNorm_LinearNetwork_IsTheFormulas()
    {
        var context = TinyRuns.Context(TinyRuns.Plain with { Network = new NetworkSpec { Layers = [new DenseLayer { Units = Classes }] } });
        var model = RunState.Initial(context.Plan).Model;
        var parameters = model.Parameters.Span.ToArray();
        var expected = Enumerable.Range(0, 40).Average(row =>
        {
            var x = TinyRuns.Data.Test.Row(row).ToArray();
            double[] scores = [.. Enumerable.Range(0, Classes).Select(c =>
                parameters[(Classes * Features) + c] + Enumerable.Range(0, Features).Sum(i => (double)parameters[(c * Features) + i] * x[i]))];
            var total = scores.Sum(Math.Exp);
            double[] errors = [.. scores.Select((score, c) => (Math.Exp(score) / total) - (c == TinyRuns.Data.Test.Labels[row] ? 1 : 0))];
            return Math.Sqrt(Enumerable.Range(0, Features).Sum(i =>
                Math.Pow(Enumerable.Range(0, Classes).Sum(c => parameters[(c * Features) + i] * errors[c]), 2)));
        });

        Assert.True(expected > 0.1, $"{expected} is too little to tell");
        Assert.Equal(expected, Smoothness.MeanInputGradientNorm(context, model, 1, 40), expected * 1e-5);
    }

    [Fact]
    public void MeanInputGradientNorm_TrainedNetwork_AgreesWithFiniteDifferences()
    {
        var context = TinyRuns.Context("fused");
        var model = new SerialTrainer(context).Train(RunState.Initial(context.Plan)).Model;
        const double step = 1e-3;
        var expected = Enumerable.Range(0, 10).Average(row => Math.Sqrt(Enumerable.Range(0, Features).Sum(i =>
            Math.Pow((Loss(model, row, i, step) - Loss(model, row, i, -step)) / (2 * step), 2))));

        Assert.Equal(expected, Smoothness.MeanInputGradientNorm(context, model, 1, 10), expected * 0.01);
    }

    [Fact]
    public void MeanInputGradientNorm_MoreWorkers_GivesTheSameBits()
    {
        var context = TinyRuns.Context("plain");
        var model = RunState.Initial(context.Plan).Model;

        Assert.Equal(Smoothness.MeanInputGradientNorm(context, model, 1, 40), Smoothness.MeanInputGradientNorm(context, model, 4, 40));
    }

    private static double Loss(ModelState model, int row, int feature, double step)
    {
        var test = TinyRuns.Data.Test;
        var inputs = new AlignedBuffer(Features);
        test.Row(row).CopyTo(inputs.Span);
        inputs.Span[feature] += (float)step;
        var context = new RunContext(
            TinyRuns.Fused, TinyRuns.Data with { Test = new Examples(inputs, [test.Labels[row]], Features) },
            () => new ManagedProducts());
        var item = new WorkItem.Evaluate(
            new WorkId(0, WorkKind.Conclude, model.Version, 0), model.Version, new EvaluationChunk(Split.Test, 0, 1), null);
        return ((WorkResult.Evaluated)new WorkExecutor(context).Execute(item, model.Current)).Sums.Loss;
    }
}

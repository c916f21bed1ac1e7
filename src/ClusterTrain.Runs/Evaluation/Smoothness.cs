using ClusterTrain.Training.Planning;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Runs.Evaluation;

/// <summary>How steep the loss is around test rows: a small input change moves a row's loss by at most about this much.</summary>
public static class Smoothness
{
    /// <summary>
    /// Mean over rows of the L2 norm of the gradient of a row's own cross-entropy by its inputs, at the clean row, for the
    /// full deterministic network (Lyu, Huang and Liang 2015, "A Unified Gradient Regularization Family for Adversarial Examples").
    /// </summary>
    /// <param name="context">The run.</param>
    /// <param name="state">Its parameters.</param>
    /// <param name="workers">Threads; the figure does not depend on them.</param>
    /// <param name="rows">Test rows, from the first; 1 or more.</param>
    public static double MeanInputGradientNorm(RunContext context, ModelState state, int workers, int rows)
    {
        var examples = context.Data.Test;
        var features = examples.Features;
        var norms = new double[rows];
        NetworkChunks.Run(context, state, workers, rows, (replica, chunk) =>
        {
            var gradient = new float[chunk.Rows * features];
            replica.InputGradient(
                examples.Inputs.Span.Slice(chunk.First * features, gradient.Length),
                examples.Labels.AsSpan(chunk.First, chunk.Rows), gradient);
            for (var i = 0; i < chunk.Rows; i++) norms[chunk.First + i] = Norm(gradient.AsSpan(i * features, features));
        });
        return norms.Sum() / rows;
    }

    private static double Norm(ReadOnlySpan<float> values)
    {
        var squares = 0.0;
        foreach (var value in values) squares += (double)value * value;
        return Math.Sqrt(squares);
    }
}

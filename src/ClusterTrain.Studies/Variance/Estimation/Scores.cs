using ClusterTrain.Numerics.Fixed;

namespace ClusterTrain.Studies.Variance.Estimation;

/// <summary>
/// How good predictions are. The formula V/k + (k-1)/k * C speaks of <see cref="Mse"/> alone; it does not apply to the
/// other three.
/// </summary>
/// <param name="Mse">Brier score: mean squared norm of the error, 0 to 2.</param>
/// <param name="Accuracy">Share of rows whose largest probability, the first of equals, is the label's.</param>
/// <param name="Nll">Mean of -log of the label's probability, natural; probabilities below 1e-30 count as that.</param>
/// <param name="Ece">
/// Expected calibration error (Guo et al. 2017, equation 3): 15 bins of equal width over the largest probability, the mean
/// gap between accuracy and confidence, weighted by rows.
/// </param>
public readonly record struct Scores(double Mse, double Accuracy, double Nll, double Ece)
{
    public const int Bins = 15;
    private const double LeastProbability = 1e-30;

    /// <param name="probabilities">[rows, classes].</param>
    public static Scores Of(ReadOnlySpan<double> probabilities, ReadOnlySpan<byte> labels)
    {
        var classes = probabilities.Length / labels.Length;
        var (squares, right, losses) = (0.0, 0, 0.0);
        Span<double> gaps = stackalloc double[Bins];
        gaps.Clear();
        for (var row = 0; row < labels.Length; row++)
        {
            var p = probabilities.Slice(row * classes, classes);
            var (label, best) = (labels[row], 0);
            for (var j = 0; j < classes; j++)
            {
                var error = p[j] - (j == label ? 1 : 0);
                squares += error * error;
                if (p[j] > p[best]) best = j;
            }

            losses -= FixedMath.Log(Math.Max(p[label], LeastProbability));
            if (best == label) right++;
            gaps[Math.Clamp((int)(p[best] * Bins), 0, Bins - 1)] += (best == label ? 1 : 0) - p[best];
        }

        var gap = 0.0;
        foreach (var ofBin in gaps) gap += Math.Abs(ofBin);
        return new Scores(squares / labels.Length, (double)right / labels.Length, losses / labels.Length, gap / labels.Length);
    }

    /// <summary>The mean of several scores, added in their order.</summary>
    public static Scores Mean(IReadOnlyList<Scores> scores)
    {
        var (mse, accuracy, nll, ece) = (0.0, 0.0, 0.0, 0.0);
        foreach (var one in scores)
            (mse, accuracy, nll, ece) = (mse + one.Mse, accuracy + one.Accuracy, nll + one.Nll, ece + one.Ece);
        return new Scores(mse / scores.Count, accuracy / scores.Count, nll / scores.Count, ece / scores.Count);
    }
}

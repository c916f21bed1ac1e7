using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Numerics.Fixed;
using ClusterTrain.Numerics.Losses;

namespace ClusterTrain.Extending.Tests.Losses;

/// <summary>
/// Focal loss (Lin et al. 2017, eq. 4): -(1 - p)^gamma log p, with p the probability of the right class: rows that are right for
/// sure count little. Label smoothing does not act on it.
/// </summary>
public sealed record FocalObjective : Objective
{
    public override string Name => "focal";

    public override string Meaning => "cross-entropy times (1 - p)^gamma, p being the probability of the right class";

    [Option("Power gamma", Min = 1, Max = 10)]
    public int Gamma { get; init; } = 2;

    public override ITrainingLoss Loss(float smoothing) => new FocalLoss(Gamma);

    private sealed class FocalLoss(int gamma) : ITrainingLoss
    {
        public int Copies => 1;

        public void Evaluate(
            ReadOnlySpan<float> logits, ReadOnlySpan<byte> labels, int classes, Span<float> losses, Span<float> gradient)
        {
            Span<float> logs = stackalloc float[classes];
            for (var row = 0; row < labels.Length; row++)
            {
                SoftmaxCrossEntropy.LogSoftmax(logits.Slice(row * classes, classes), logs);
                var log = logs[labels[row]];
                var right = FixedMath.Exp(log);
                var (less, power) = ((float)FixedMath.Pow(1 - right, gamma - 1), (float)FixedMath.Pow(1 - right, gamma));
                losses[row] = -power * log;
                // dL/dz_j = (gamma (1 - p)^(gamma - 1) p log p - (1 - p)^gamma) (1[j = y] - p_j), of the mean over rows.
                var slope = ((gamma * less * right * log) - power) / labels.Length;
                for (var j = 0; j < classes; j++)
                    gradient[(row * classes) + j] = slope * ((j == labels[row] ? 1 : 0) - FixedMath.Exp(logs[j]));
            }
        }
    }
}

using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Numerics.Elementwise;
using ClusterTrain.Numerics.Fixed;

namespace ClusterTrain.Numerics.Losses;

/// <summary>
/// MART (Wang et al. 2020, eq. 11): BCE(z', label) + lambda KL(p || q) (1 - p_label) of each example, with p the softmax of the clean
/// scores z, q that of the adversarial ones z', and BCE = -log q_label - log(1 - max_{k != label} q_k). Derived by both: what the
/// network is unsure of on clean rows weighs more.
/// </summary>
/// <remarks>
/// With r = 1 - q_m, m the likeliest wrong class: -log r has the derivative q_m by z'_m and -q_m q_j / r by the others. KL times
/// w = 1 - p_label has w (q - p) by z', and by z_j w p_j (log p_j - log q_j - KL) + KL p_label (p_j - [j = label]).
/// </remarks>
/// <param name="lambda">Weight of robustness, 0 or more; 5 to 6 is usual.</param>
/// <param name="smoothing">Label smoothing of the cross-entropy in BCE, 0 to below 1.</param>
public sealed class MartLoss(float lambda, float smoothing) : ITrainingLoss
{
    // Where every other class has underflowed: the logarithm stays finite.
    private const float Smallest = 1e-12f;

    private float[] _logs = [];
    private float[] _shares = [];

    public int Copies => 2;

    public void Evaluate(
        ReadOnlySpan<float> logits, ReadOnlySpan<byte> labels, int classes, Span<float> losses, Span<float> gradient)
    {
        var (half, scale) = (labels.Length * classes, 1f / labels.Length);
        if (_logs.Length < logits.Length) (_logs, _shares) = (new float[logits.Length], new float[logits.Length]);
        for (var at = 0; at < logits.Length; at += classes)
            SoftmaxCrossEntropy.LogSoftmax(logits.Slice(at, classes), _logs.AsSpan(at, classes));
        VectorOps.Exp(_logs.AsSpan(0, logits.Length), _shares.AsSpan(0, logits.Length));
        SoftmaxCrossEntropy.ForwardBackward(logits[half..], labels, classes, smoothing, scale, losses, gradient[half..]);
        for (var row = 0; row < labels.Length; row++)
        {
            var at = row * classes;
            losses[row] += Add(
                labels[row], scale, _shares.AsSpan(at, classes), _logs.AsSpan(at, classes), _shares.AsSpan(half + at, classes),
                _logs.AsSpan(half + at, classes), gradient.Slice(at, classes), gradient.Slice(half + at, classes));
        }
    }

    // Adds to the adversarial gradient and writes the clean one; p and q with their logarithms.
    private float Add(
        int label, float scale, ReadOnlySpan<float> p, ReadOnlySpan<float> logP, ReadOnlySpan<float> q, ReadOnlySpan<float> logQ,
        Span<float> clean, Span<float> adversarial)
    {
        var wrong = TopScores.Wrong(logQ, label);
        var (rest, divergence) = (0f, 0f);
        for (var j = 0; j < p.Length; j++)
        {
            if (j != wrong) rest += q[j];
            divergence += p[j] * (logP[j] - logQ[j]);
        }

        rest = MathF.Max(rest, Smallest);
        var (unsure, weight) = (1f - p[label], lambda * scale);
        for (var j = 0; j < p.Length; j++)
        {
            var ofMargin = j == wrong ? q[j] : -q[wrong] * (q[j] / rest);
            adversarial[j] += (scale * ofMargin) + (weight * unsure * (q[j] - p[j]));
            var ofUnsure = p[label] * ((j == label ? -1f : 0f) + p[j]);
            clean[j] = weight * ((unsure * p[j] * (logP[j] - logQ[j] - divergence)) + (divergence * ofUnsure));
        }

        return -FixedMath.Log(rest) + (lambda * divergence * unsure);
    }
}

/// <summary>MART, whose attacker climbs cross-entropy.</summary>
public sealed record MartObjective : Objective
{
    public override string Name => "mart";

    public override string Meaning =>
        "BCE of adversarial rows plus martLambda times KL(clean || adversarial) (1 - p), p the right class's share on the clean row";

    [Option("Weight of robustness in MART; usual: 5 to 6", Min = 0, AboveMin = true, Max = 1000)]
    public double MartLambda { get; init; } = 5;

    public override bool NeedsBothVersions => true;

    public override ITrainingLoss Loss(float smoothing) => new MartLoss((float)MartLambda, smoothing);
}

using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Numerics.Elementwise;

namespace ClusterTrain.Numerics.Losses;

/// <summary>
/// TRADES (Zhang et al. 2019, eq. 5): CE(z, label) + beta KL(p || q) of each example, with p = softmax of the clean scores z
/// and q that of the adversarial ones. Derived by both: beta (q - p) by the adversarial scores; by the clean ones the
/// cross-entropy's gradient plus beta p_j (log p_j - log q_j - KL).
/// </summary>
/// <param name="beta">Weight of robustness, 0 or more; 1 to 10 is usual.</param>
/// <param name="smoothing">Label smoothing of the cross-entropy, 0 to below 1.</param>
public sealed class TradesLoss(float beta, float smoothing) : ITrainingLoss
{
    private readonly KlDivergenceLoss _divergence = new();
    private float[] _divergences = [];

    public int Copies => 2;

    public void Evaluate(
        ReadOnlySpan<float> logits, ReadOnlySpan<byte> labels, int classes, Span<float> losses, Span<float> gradient)
    {
        var (half, scale) = (labels.Length * classes, 1f / labels.Length);
        if (_divergences.Length < labels.Length) _divergences = new float[labels.Length];
        var divergences = _divergences.AsSpan(0, labels.Length);
        var weight = beta * scale;
        SoftmaxCrossEntropy.ForwardBackward(logits[..half], labels, classes, smoothing, scale, losses, gradient[..half]);
        _divergence.TakeClean(logits[..half], classes);
        _divergence.Evaluate(logits[half..], labels, classes, divergences, gradient[half..]);
        _divergence.AddCleanGradient(weight, divergences, classes, gradient[..half]);
        VectorOps.Scale(gradient[half..], weight);
        for (var row = 0; row < losses.Length; row++) losses[row] += beta * divergences[row];
    }
}

/// <summary>TRADES, whose attacker climbs the divergence from the clean scores.</summary>
public sealed record TradesObjective : Objective
{
    public override string Name => "trades";

    public override string Meaning => "cross-entropy of clean rows plus tradesBeta times KL(clean || adversarial), which the attack climbs too";

    [Option("Weight of robustness in TRADES; usual: 1 to 10", Min = 0, AboveMin = true, Max = 1000)]
    public double TradesBeta { get; init; } = 6;

    public override bool NeedsBothVersions => true;

    public override ITrainingLoss Loss(float smoothing) => new TradesLoss((float)TradesBeta, smoothing);

    public override IDriftLoss AttackerLoss() => new KlDivergenceLoss();
}

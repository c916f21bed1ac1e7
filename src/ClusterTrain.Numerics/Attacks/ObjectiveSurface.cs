using ClusterTrain.Numerics.Losses;

namespace ClusterTrain.Numerics.Attacks;

/// <summary>A network whose attacker climbs another loss than cross-entropy. Not for two threads at once.</summary>
public sealed class ObjectiveSurface(ILogitLoss objective) : ILossSurface
{
    private ILossSurface _network = null!;
    private float[] _losses = [];

    public int Features => _network.Features;

    public int Classes => _network.Classes;

    /// <summary>Takes the network for the calls that follow.</summary>
    public ObjectiveSurface Over(ILossSurface network)
    {
        _network = network;
        return this;
    }

    public ReadOnlySpan<float> Logits(ReadOnlySpan<float> rows, int batch) => _network.Logits(rows, batch);

    public void InputGradient(ReadOnlySpan<float> rows, ReadOnlySpan<byte> labels, Span<float> gradient)
    {
        if (_losses.Length < labels.Length) _losses = new float[labels.Length];
        _network.InputGradient(objective, rows, labels, gradient, _losses.AsSpan(0, labels.Length));
    }

    public void InputGradient(
        ILogitLoss loss, ReadOnlySpan<float> rows, ReadOnlySpan<byte> labels, Span<float> gradient, Span<float> losses) =>
        _network.InputGradient(loss, rows, labels, gradient, losses);

    public void Losses(ReadOnlySpan<float> rows, ReadOnlySpan<byte> labels, Span<float> losses) =>
        objective.Evaluate(_network.Logits(rows, labels.Length), labels, Classes, losses, []);
}

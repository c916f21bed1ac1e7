using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Attacks;

/// <summary>The threat model of each norm.</summary>
public static class ThreatModels
{
    /// <param name="norm">Norm of the ball.</param>
    /// <param name="epsilon">Its radius, 0 or more.</param>
    /// <param name="stepSize">Length of a step that names none, 0 or more.</param>
    /// <param name="range">Of the inputs; null means [0, 1].</param>
    public static IThreatModel Of(AttackNorm norm, double epsilon, double stepSize = 0, InputRange? range = null) => norm switch
    {
        AttackNorm.Linf => new LinfThreat((float)epsilon, (float)stepSize, range),
        AttackNorm.L2 => new L2Threat((float)epsilon, (float)stepSize, range),
        _ => throw new InvalidOperationException($"No threat model for {norm}."),
    };
}

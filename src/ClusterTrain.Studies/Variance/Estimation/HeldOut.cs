namespace ClusterTrain.Studies.Variance.Estimation;

/// <summary>
/// The prediction that can fail: V and C of pool A foretell the error of ensembles out of pool B, whose members took no part
/// in them.
/// </summary>
/// <param name="K">Members of an ensemble.</param>
/// <param name="Predicted">V/k + (k-1)/k * C of pool A.</param>
/// <param name="Measured">Mean squared error over the ensembles of pool B that were formed.</param>
/// <param name="Residual">Measured minus predicted, where all ensembles of pool B count.</param>
/// <param name="AreAll">Whether <paramref name="Measured"/> is over all of them.</param>
public sealed record HeldOutPoint(int K, double Predicted, double Measured, Estimate Residual, bool AreAll);

/// <summary>Two pools of equal size, set by set.</summary>
internal static class HeldOut
{
    /// <summary>Splits each group in halves: the first members are pool A, as many after them pool B.</summary>
    public static (IReadOnlyList<int[]> A, IReadOnlyList<int[]> B) Halves(IReadOnlyList<int[]> groups) => (
        [.. groups.Select(members => members[..(members.Length / 2)])],
        [.. groups.Select(members => members[(members.Length / 2)..(members.Length / 2 * 2)])]);

    /// <summary>Moments of pool B minus moments of pool A: linear in rows, so both halves of the residual share the draws.</summary>
    public static Replicates Residual(ArmSample a, ArmSample b, int k) =>
        b.Replicate(moments => moments.Mse(k)).Minus(a.Replicate(moments => moments.Mse(k)));
}

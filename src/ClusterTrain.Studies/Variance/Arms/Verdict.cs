using System.Globalization;
using ClusterTrain.Studies.Variance.Estimation;

namespace ClusterTrain.Studies.Variance.Arms;

/// <summary>
/// What the figures say, in sentences: sign, size and interval, and where the interval holds zero, that no change can be
/// told from none.
/// </summary>
public static class Verdict
{
    /// <summary>A change of one figure.</summary>
    /// <param name="name">The figure: C, rho, V.</param>
    /// <param name="change">This arm minus the baseline.</param>
    /// <param name="baseline">The baseline's figure, for the share.</param>
    public static string Change(string name, Estimate change, double baseline, double confidence)
    {
        var interval = $"{Percent(confidence)} interval {Signed(change.Total.Low)} to {Signed(change.Total.High)}";
        if (change.Total.Covers(0))
            return $"{name} shows no change that can be told from zero: {Signed(change.Value)} ({interval})";
        var share = baseline > 0 ? $", {Percent(Math.Abs(change.Value) / baseline)} of {Plain(baseline)}" : "";
        return $"{name} is {(change.Value < 0 ? "lower" : "higher")} by {Plain(Math.Abs(change.Value))} ({interval}){share}";
    }

    /// <summary>All changes of an arm against the baseline.</summary>
    public static string Arm(Estimate c, Estimate rho, Estimate v, Moments baseline, double confidence) =>
        $"{Change("C", c, baseline.C, confidence)}; {Change("rho", rho, baseline.Rho, confidence)}; {Change("V", v, baseline.V, confidence)}.";

    /// <summary>How the prediction from pool A fared on pool B, at one size.</summary>
    public static string HeldOut(HeldOutPoint point, double confidence)
    {
        var residual = point.Residual;
        var interval = $"residual {Signed(residual.Value)}, {Percent(confidence)} interval {Signed(residual.Total.Low)} to {Signed(residual.Total.High)}";
        return $"At k = {point.K} pool A foretold {Plain(point.Predicted)} and pool B measured {Plain(point.Measured)} ({interval}, which {(residual.Total.Covers(0) ? "holds" : "leaves out")} zero).";
    }

    public static string Plain(double number) => number.ToString("0.0000", CultureInfo.InvariantCulture);

    /// <summary>With its sign, as the minus of typography.</summary>
    public static string Signed(double number) => number.ToString("+0.0000;\u22120.0000;0.0000", CultureInfo.InvariantCulture);

    private static string Percent(double share) => (100 * share).ToString("0.#", CultureInfo.InvariantCulture) + "%";
}

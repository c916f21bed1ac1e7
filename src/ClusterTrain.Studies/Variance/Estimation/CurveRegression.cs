using MathNet.Numerics;

namespace ClusterTrain.Studies.Variance.Estimation;

/// <summary>Least squares of MSE(k) on 1/k: by the formula the intercept is C and the slope V - C.</summary>
/// <param name="RSquared">Share of the variation over k that the line explains, 0 to 1; 1 when there is none.</param>
public sealed record CurveRegression(double Intercept, double Slope, double RSquared)
{
    /// <param name="points">Two or more different k.</param>
    public static CurveRegression Of(IReadOnlyList<(int K, double Mse)> points)
    {
        double[] x = [.. points.Select(point => 1.0 / point.K)];
        double[] y = [.. points.Select(point => point.Mse)];
        var (intercept, slope) = Fit.Line(x, y);
        var mean = y.Sum() / y.Length;
        var (left, all) = (0.0, 0.0);
        for (var i = 0; i < y.Length; i++)
        {
            var (residual, deviation) = (y[i] - (intercept + (slope * x[i])), y[i] - mean);
            (left, all) = (left + (residual * residual), all + (deviation * deviation));
        }

        return new CurveRegression(intercept, slope, all > 0 ? 1 - (left / all) : 1);
    }
}

using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Tests.Reference;

/// <summary>The definition of normalization, activation and pooling of units, in double precision and plain loops.</summary>
internal sealed class NaiveElements(ElementStage stage, double[] parameters, bool isTraining)
{
    private readonly int _units = stage.Input.Units;
    private readonly int _area = stage.Input.Area;

    public double[] Forward(double[] x, int batch)
    {
        var maps = Activated(x, batch);
        if (stage.Pool is not { } pool) return maps;
        return [.. NaivePooling.Winners(stage.Map, pool, stage.Pooled, maps, batch).Select(winner => maps[winner])];
    }

    /// <summary>Adds to the gradient of the parameters, puts the statistics in their place, and gives the gradient of x.</summary>
    public double[] Backward(double[] x, double[] dy, int batch, double[] gradient)
    {
        var maps = Activated(x, batch);
        var da = new double[maps.Length];
        if (stage.Pool is { } pool)
        {
            var winners = NaivePooling.Winners(stage.Map, pool, stage.Pooled, maps, batch);
            for (var i = 0; i < winners.Length; i++) da[winners[i]] += dy[i];
        }
        else
        {
            dy.CopyTo(da, 0);
        }

        var dz = da.Zip(Normalized(x, batch), (slope, z) => slope * (stage.Activation?.Derivative(z) ?? 1)).ToArray();
        return stage.Normalization is null ? dz : Normalized(x, dz, batch, gradient);
    }

    private double[] Normalized(double[] x, double[] dz, int batch, double[] gradient)
    {
        var dx = new double[x.Length];
        for (var unit = 0; unit < _units; unit++)
        {
            var places = Places(unit, batch).ToArray();
            var (mean, variance) = Moments(x, unit, batch);
            var deviation = Math.Sqrt(variance + stage.Normalization!.Epsilon);
            double Hat(int place) => (x[place] - mean) / deviation;
            var (dBeta, dGamma) = (places.Sum(place => dz[place]), places.Sum(place => dz[place] * Hat(place)));
            foreach (var place in places)
            {
                dx[place] = Gamma(unit) / deviation
                    * (isTraining ? dz[place] - (dBeta / places.Length) - (Hat(place) * dGamma / places.Length) : dz[place]);
            }

            if (!isTraining) continue;
            gradient[Row(ElementStage.Gamma) + unit] += dGamma;
            gradient[stage.Bias.Offset + unit] += dBeta;
            gradient[Row(ElementStage.RunningMean) + unit] = mean;
            gradient[Row(ElementStage.RunningVariance) + unit] = variance * places.Length / Math.Max(1, places.Length - 1);
        }

        return dx;
    }

    private double[] Activated(double[] x, int batch) => [.. Normalized(x, batch).Select(z => stage.Activation?.Value(z) ?? z)];

    private double[] Normalized(double[] x, int batch)
    {
        var z = x.ToArray();
        if (stage.Normalization is { } settings)
        {
            for (var unit = 0; unit < _units; unit++)
            {
                var (mean, variance) = Moments(x, unit, batch);
                foreach (var place in Places(unit, batch))
                {
                    z[place] = (Gamma(unit) * (x[place] - mean) / Math.Sqrt(variance + settings.Epsilon))
                        + parameters[stage.Bias.Offset + unit];
                }
            }
        }

        return z;
    }

    private (double Mean, double Variance) Moments(double[] x, int unit, int batch)
    {
        if (!isTraining) return (parameters[Row(ElementStage.RunningMean) + unit], parameters[Row(ElementStage.RunningVariance) + unit]);
        var values = Places(unit, batch).Select(place => x[place]).ToArray();
        var mean = values.Average();
        return (mean, values.Average(value => (value - mean) * (value - mean)));
    }

    private IEnumerable<int> Places(int unit, int batch) =>
        from row in Enumerable.Range(0, batch)
        from position in Enumerable.Range(0, _area)
        select (((row * _units) + unit) * _area) + position;

    private double Gamma(int unit) => parameters[Row(ElementStage.Gamma) + unit];

    private int Row(int row) => stage.Weight.Offset + (row * _units);
}

using ClusterTrain.Numerics.Layers.Normalization;

namespace ClusterTrain.Numerics.Tests.Reference;

/// <summary>The definition of group normalization, in double precision and plain loops.</summary>
internal sealed class NaiveGroupNorm(GroupNormStage stage, double[] parameters)
{
    private readonly int _group = stage.Input.Features / stage.Groups;

    public double[] Forward(double[] x, int batch) => [.. Hats(x).Select((hat, place) =>
        (hat * parameters[stage.Weight.Offset + Unit(place)]) + parameters[stage.Bias.Offset + Unit(place)])];

    /// <summary>Adds to the gradient of the parameters and gives that of x.</summary>
    public double[] Backward(double[] x, double[] dy, int batch, double[] gradient)
    {
        var (hats, dx) = (Hats(x), new double[x.Length]);
        for (var place = 0; place < x.Length; place++)
        {
            gradient[stage.Weight.Offset + Unit(place)] += dy[place] * hats[place];
            gradient[stage.Bias.Offset + Unit(place)] += dy[place];
        }

        var inner = dy.Select((slope, place) => slope * parameters[stage.Weight.Offset + Unit(place)]).ToArray();
        for (var first = 0; first < x.Length; first += _group)
        {
            var run = Enumerable.Range(first, _group).ToArray();
            var (mean, deviation) = Moments(x[first..(first + _group)]);
            var (average, product) = (run.Average(place => inner[place]), run.Average(place => inner[place] * hats[place]));
            foreach (var place in run) dx[place] = (inner[place] - average - (hats[place] * product)) / deviation;
        }

        return dx;
    }

    private double[] Hats(double[] x) => [.. x.Chunk(_group).SelectMany(run =>
    {
        var (mean, deviation) = Moments(run);
        return run.Select(value => (value - mean) / deviation);
    })];

    private (double Mean, double Deviation) Moments(double[] run) =>
        (run.Average(), Math.Sqrt(run.Average(value => (value - run.Average()) * (value - run.Average())) + stage.Epsilon));

    private int Unit(int place) => place / stage.Input.Area % stage.Input.Units;
}

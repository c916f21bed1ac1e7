using ClusterTrain.Numerics.Layers.Convolution;
using ClusterTrain.Numerics.Layers.Dropout;
using ClusterTrain.Numerics.Layers.Elements;
using ClusterTrain.Numerics.Layers.Normalization;
using ClusterTrain.Numerics.Layers.Pooling;
using ClusterTrain.Numerics.Layers.Residual;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Tests.Reference;

/// <summary>
/// The definition of a network's training pass, in double precision and plain loops: nothing cut out, dropout as factors
/// that multiply the dense activations.
/// </summary>
internal sealed class NaiveNetwork(Network network, double[] parameters)
{
    /// <summary>Forward and back over <paramref name="labels"/>.Length rows.</summary>
    /// <param name="rows">[batch, inputs].</param>
    /// <param name="factors">For each site [batch, units * area], or null where nothing is dropped.</param>
    /// <param name="scale">What the sum of the rows' losses is multiplied by before it is derived.</param>
    /// <param name="isTraining">Whether normalization takes the batch's statistics.</param>
    public NaiveRun Run(
        double[] rows, byte[] labels, double[]?[] factors, double smoothing = 0, double scale = 1, bool isTraining = true)
    {
        var batch = labels.Length;
        var activations = new List<double[]> { Times(rows, factors[0]) };
        foreach (var stage in network.Stages)
        {
            var y = Forward(stage, activations[stage.Input.Index], batch, isTraining);
            if (stage.Second is { } second) y = [.. y.Zip(activations[second.Index], (a, b) => a + b).Select(sum => stage.Relu ? Math.Max(sum, 0) : sum)];
            activations.Add(Times(y, factors[stage.Output.Index]));
        }

        var run = new NaiveRun
        {
            Logits = activations[^1],
            Losses = new double[batch],
            Gradient = new double[parameters.Length],
        };
        // The gradient of each site, to which all of its readers add.
        var slopes = activations.Select(values => new double[values.Length]).ToArray();
        slopes[^1] = Softmax(run, labels, smoothing, scale);
        for (var i = network.Stages.Length - 1; i >= 0; i--)
        {
            var stage = network.Stages[i];
            var upstream = slopes[i + 1];
            if (stage.Second is { } second)
            {
                upstream = [.. Times(upstream, factors[i + 1]).Zip(activations[i + 1], (slope, y) => stage.Relu && y <= 0 ? 0 : slope)];
                Add(upstream, slopes[second.Index]);
                Add(upstream, slopes[stage.Input.Index]);
                continue;
            }

            Add(Backward(stage, activations[stage.Input.Index], activations[i + 1], upstream, factors, batch, run, isTraining), slopes[stage.Input.Index]);
        }

        run.InputGradient = Times(slopes[0], factors[0]);
        return run;
    }

    private double[] Forward(Stage stage, double[] x, int batch, bool isTraining) => stage switch
    {
        ConvStage conv => new NaiveConvolution(conv, parameters).Forward(x, batch),
        ElementStage element => new NaiveElements(element, parameters, isTraining).Forward(x, batch),
        PoolStage pool => [.. NaivePooling.Winners(pool.Map, pool.Pool, pool.Pooled, x, batch).Select(winner => x[winner])],
        AveragePoolStage pool => NaivePooling.Averages(pool, x, batch),
        GroupNormStage norm => new NaiveGroupNorm(norm, parameters).Forward(x, batch),
        NormalizeStage scaling => [.. x.Select((value, place) => (value - Number(scaling, 0, place)) / Number(scaling, 1, place))],
        SumStage or DropStage => x,
        _ => Dense(stage, x, batch),
    };

    private static void Add(double[] slopes, double[] sums)
    {
        for (var i = 0; i < sums.Length; i++) sums[i] += slopes[i];
    }

    private double[] Dense(Stage stage, double[] x, int batch)
    {
        var (units, inputs) = (stage.Output.Units, stage.Input.Features);
        var y = new double[batch * units];
        for (var row = 0; row < batch; row++)
        {
            for (var j = 0; j < units; j++)
            {
                var sum = stage.HasBias ? parameters[stage.Bias.Offset + j] : 0;
                for (var k = 0; k < inputs; k++)
                    sum += x[(row * inputs) + k] * parameters[stage.Weight.Offset + (j * inputs) + k];
                y[(row * units) + j] = stage.Relu ? Math.Max(sum, 0) : sum;
            }
        }

        return y;
    }

    private double[] Softmax(NaiveRun run, byte[] labels, double smoothing, double scale)
    {
        var classes = network.Outputs;
        var upstream = new double[run.Logits.Length];
        for (var row = 0; row < labels.Length; row++)
        {
            var z = run.Logits.AsSpan(row * classes, classes).ToArray();
            var logSum = z.Max() + Math.Log(z.Sum(score => Math.Exp(score - z.Max())));
            for (var j = 0; j < classes; j++)
            {
                var target = (j == labels[row] ? 1 - smoothing : 0) + (smoothing / classes);
                run.Losses[row] -= target * (z[j] - logSum);
                upstream[(row * classes) + j] = scale * (Math.Exp(z[j] - logSum) - target);
            }
        }

        return upstream;
    }

    private double[] Backward(
        Stage stage, double[] x, double[] y, double[] upstream, double[]?[] factors, int batch, NaiveRun run,
        bool isTraining)
    {
        var (units, inputs) = (stage.Output.Units, stage.Input.Features);
        var dz = Times(upstream, factors[stage.Output.Index]);
        if (stage is ElementStage element)
            return new NaiveElements(element, parameters, isTraining).Backward(x, dz, batch, run.Gradient);
        if (stage is PoolStage pool)
        {
            var (winners, pooled) = (NaivePooling.Winners(pool.Map, pool.Pool, pool.Pooled, x, batch), new double[batch * inputs]);
            for (var i = 0; i < winners.Length; i++) pooled[winners[i]] += dz[i];
            return pooled;
        }

        if (stage is AveragePoolStage average) return NaivePooling.AveragesBackward(average, dz, batch);
        if (stage is GroupNormStage norm) return new NaiveGroupNorm(norm, parameters).Backward(x, dz, batch, run.Gradient);
        if (stage is NormalizeStage scaling) return [.. dz.Select((slope, place) => slope / Number(scaling, 1, place))];
        if (stage is DropStage) return dz;
        if (stage is ConvStage conv)
            return new NaiveConvolution(conv, parameters).Backward(x, dz, batch, run.Gradient);
        var dx = new double[batch * inputs];
        for (var row = 0; row < batch; row++)
        {
            for (var j = 0; j < units; j++)
            {
                if (stage.Relu && y[(row * units) + j] <= 0)
                    continue;
                var slope = dz[(row * units) + j];
                if (stage.HasBias) run.Gradient[stage.Bias.Offset + j] += slope;
                for (var k = 0; k < inputs; k++)
                {
                    var weight = stage.Weight.Offset + (j * inputs) + k;
                    run.Gradient[weight] += slope * x[(row * inputs) + k];
                    dx[(row * inputs) + k] += slope * parameters[weight];
                }
            }
        }

        return dx;
    }

    private double Number(NormalizeStage stage, int row, int place) =>
        parameters[stage.Weight.Offset + (row * stage.Weight.Columns) + (place / stage.Input.Area % stage.Input.Units)];

    private static double[] Times(double[] values, double[]? factors) =>
        factors is null ? values : [.. values.Zip(factors, (value, factor) => value * factor)];
}

using System.Globalization;
using ClusterTrain.Numerics.Layers.Normalization;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Products;
using ClusterTrain.Numerics.Replicas;
using ClusterTrain.Numerics.Thinning;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Runs.Evaluation;

/// <summary>
/// Pearson's correlation between the hidden units of a finished run on test rows, in inference mode: dropout is meant to
/// lower it (Srivastava et al. 2014, section 7.1).
/// </summary>
public static class Coadaptation
{
    /// <param name="rows">Test rows, from the first, 2 or more.</param>
    /// <returns>One entry for each layer with weights but the last.</returns>
    public static IReadOnlyList<LayerCorrelation> Measure(RunContext context, ModelState state, int rows)
    {
        var network = context.Plan.Network;
        var products = context.CreateProducts();
        var replica = new Replica(network, products, EvaluationChunk.MaxRows);
        replica.Bind(state.Served.Parameters, new ReplicaMask(network).Fill());
        var layers = Hidden(network).ToDictionary(stage => stage, stage => new HiddenUnits(network.Stages[stage]));
        Walk(replica, context.Data.Test, rows, [.. layers.Keys], (stage, values) => layers[stage].AddMoments(values));
        Walk(replica, context.Data.Test, rows, [.. layers.Keys], (stage, values) => layers[stage].AddProducts(values, products));
        return [.. layers.Values.Select(layer => layer.Result())];
    }

    // Where normalization or another stage of elements follows, the layer's activations are what that stage makes; of scaled inputs
    // nothing is hidden.
    private static IEnumerable<int> Hidden(Network network) => Enumerable.Range(0, network.Stages.Length - 1)
        .Where(stage => network.Stages[stage] is not NormalizeStage && !network.Stages.Any(next => next.KeepsUnits && next.Input.Index == stage + 1));

    private static void Walk(Replica replica, Examples examples, int rows, IReadOnlyList<int> stages, ActivationVisit visit)
    {
        foreach (var chunk in EvaluationChunk.Of(Split.Test, rows))
        {
            replica.Forward(examples.Inputs.Span.Slice(chunk.First * examples.Features, chunk.Rows * examples.Features), chunk.Rows);
            foreach (var stage in stages)
                visit(stage, replica.Activations(stage, chunk.Rows));
        }
    }

    /// <param name="values">[rows, units, area].</param>
    private delegate void ActivationVisit(int stage, ReadOnlySpan<float> values);

    /// <summary>Moments of one layer's units, then sums of products of what is left after them.</summary>
    private sealed class HiddenUnits(Stage stage)
    {
        private readonly int _units = stage.Output.Units;
        private readonly int _area = stage.Output.Area;
        private readonly double[] _sums = new double[stage.Output.Units];
        private readonly double[] _squares = new double[stage.Output.Units];
        private readonly float[] _lowest = [.. Enumerable.Repeat(float.PositiveInfinity, stage.Output.Units)];
        private readonly float[] _highest = [.. Enumerable.Repeat(float.NegativeInfinity, stage.Output.Units)];
        private readonly double[] _products = new double[stage.Output.Units * stage.Output.Units];
        private long _samples;

        public void AddMoments(ReadOnlySpan<float> values)
        {
            _samples += values.Length / _units;
            for (var i = 0; i < values.Length; i++)
            {
                var (unit, value) = (i / _area % _units, values[i]);
                _sums[unit] += value;
                _squares[unit] += (double)value * value;
                _lowest[unit] = Math.Min(_lowest[unit], value);
                _highest[unit] = Math.Max(_highest[unit], value);
            }
        }

        /// <summary>Adds Z^T Z of these values as Z [rows * area, units], each unit with mean 0 and deviation 1.</summary>
        public void AddProducts(ReadOnlySpan<float> values, IMatrixProducts products)
        {
            var samples = values.Length / _units;
            var standard = new float[values.Length];
            for (var i = 0; i < values.Length; i++)
            {
                var (row, unit, position) = (i / (_area * _units), i / _area % _units, i % _area);
                if (!IsConstant(unit))
                    standard[(((row * _area) + position) * _units) + unit] = (float)((values[i] - Mean(unit)) / Deviation(unit));
            }

            var sums = new float[_units * _units];
            var z = new MatrixView(standard, samples, _units);
            products.Multiply(z.Transpose(), z, new MatrixTarget(sums, _units, _units), new Epilogue());
            for (var i = 0; i < sums.Length; i++) _products[i] += sums[i];
        }

        public LayerCorrelation Result()
        {
            var varying = Enumerable.Range(0, _units).Where(unit => !IsConstant(unit)).ToArray();
            var sum = 0.0;
            foreach (var (i, unit) in varying.Index())
                for (var j = 0; j < i; j++)
                    sum += Math.Min(1, Math.Abs(_products[(unit * _units) + varying[j]]) / _samples);
            var pairs = varying.Length * (varying.Length - 1.0) / 2;
            var layer = int.Parse(stage.Path.Split('.')[0], CultureInfo.InvariantCulture);
            return new(layer, _units, _units - varying.Length, pairs == 0 ? null : sum / pairs) { Path = stage.Path };
        }

        private bool IsConstant(int unit) => _lowest[unit] == _highest[unit];

        private double Mean(int unit) => _sums[unit] / _samples;

        private double Deviation(int unit) => Math.Sqrt((_squares[unit] / _samples) - (Mean(unit) * Mean(unit)));
    }
}

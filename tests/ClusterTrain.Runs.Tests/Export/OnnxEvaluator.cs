using System.Runtime.InteropServices;

namespace ClusterTrain.Runs.Tests.Export;

/// <summary>
/// Runs a decoded ONNX model as the operator list (opset 13) defines it, element by element, in double precision. Knows
/// nothing of the program's own layers.
/// </summary>
internal sealed class OnnxEvaluator
{
    private readonly ProtoReader _graph;
    private readonly Dictionary<string, (int[] Shape, double[] Values)> _tensors;

    public OnnxEvaluator(byte[] model)
    {
        Model = new ProtoReader(model);
        _graph = Model.Message(7);
        _tensors = _graph.Messages(5).ToDictionary(
            tensor => tensor.Text(8),
            tensor =>
            {
                var sides = tensor.Numbers(1).Select(side => (int)side).ToArray();
                if (tensor.Number(2) == 7) return (sides, tensor.Numbers(7).Select(value => (double)value).ToArray()); // INT64
                Assert.Equal(1, tensor.Number(2)); // FLOAT
                return (sides, MemoryMarshal.Cast<byte, float>(Assert.Single(tensor.Blobs(9))).ToArray().Select(value => (double)value).ToArray());
            },
            StringComparer.Ordinal);
    }

    public ProtoReader Model { get; }

    public IReadOnlyList<string> Operators => [.. _graph.Messages(1).Select(node => node.Text(4))];

    public (string Name, string Batch, int[] Shape) Input => Value(_graph.Message(11));

    public (string Name, string Batch, int[] Shape) Output => Value(_graph.Message(12));

    /// <param name="rows">[batch, the input's shape].</param>
    /// <returns>[batch, classes].</returns>
    public double[] Run(float[] rows, int batch)
    {
        var values = new Dictionary<string, (int[] Shape, double[] Values)>(_tensors, StringComparer.Ordinal)
        {
            [Input.Name] = ([batch, .. Input.Shape], [.. rows.Select(value => (double)value)]),
        };
        foreach (var node in _graph.Messages(1))
        {
            var inputs = node.Texts(1).Select(name => values[name]).ToArray();
            var attributes = node.Messages(5).ToDictionary(attribute => attribute.Text(1), attribute => attribute, StringComparer.Ordinal);
            values.Add(node.Text(2), node.Text(4) switch
            {
                "Gemm" => Gemm(inputs, attributes),
                "Conv" => Conv(inputs, attributes),
                "MaxPool" => MaxPool(inputs[0], attributes),
                "Relu" => (inputs[0].Shape, [.. inputs[0].Values.Select(value => Math.Max(value, 0))]),
                "LeakyRelu" => (inputs[0].Shape, [.. inputs[0].Values.Select(value => value > 0 ? value : value * Real(attributes, "alpha"))]),
                "Tanh" => (inputs[0].Shape, [.. inputs[0].Values.Select(Math.Tanh)]),
                "Sigmoid" => (inputs[0].Shape, [.. inputs[0].Values.Select(value => 1 / (1 + Math.Exp(-value)))]),
                "BatchNormalization" => Normalize(inputs, Real(attributes, "epsilon")),
                "Softplus" => (inputs[0].Shape, [.. inputs[0].Values.Select(value => Math.Log(1 + Math.Exp(value)))]),
                "Erf" => (inputs[0].Shape, [.. inputs[0].Values.Select(Erf)]),
                "Mul" => Spread(inputs, (a, b) => a * b),
                "Div" => Spread(inputs, (a, b) => a / b),
                "Add" => Spread(inputs, (a, b) => a + b),
                "Sub" => Spread(inputs, (a, b) => a - b),
                "Reshape" => Reshape(inputs[0], inputs[1].Values),
                "InstanceNormalization" => Instance(inputs, Real(attributes, "epsilon")),
                "AveragePool" => AveragePool(inputs[0], attributes),
                "GlobalAveragePool" => GlobalAverage(inputs[0]),
                "Flatten" => Flatten(inputs[0], attributes),
                var other => throw new NotSupportedException(other),
            });
        }

        var (shape, logits) = values[Output.Name];
        Assert.Equal([batch, .. Output.Shape], shape);
        return logits;
    }

    private static (string, string, int[]) Value(ProtoReader value)
    {
        var tensor = value.Message(2).Message(1);
        Assert.Equal(1, tensor.Number(1));
        var sides = tensor.Message(2).Messages(1);
        return (value.Text(1), sides[0].Text(2), [.. sides.Skip(1).Select(side => (int)side.Number(1))]);
    }

    private static (int[], double[]) Flatten((int[] Shape, double[] Values) x, Dictionary<string, ProtoReader> attributes)
    {
        Assert.Equal((2L, 1L), (attributes["axis"].Number(20), attributes["axis"].Number(3)));
        return ([x.Shape[0], x.Values.Length / x.Shape[0]], x.Values);
    }

    // Shapes are aligned at their ends; a side of 1, or a missing one, serves all places.
    private static (int[], double[]) Spread((int[] Shape, double[] Values)[] inputs, Func<double, double, double> of)
    {
        var (a, b) = (inputs[0], inputs[1]);
        return (a.Shape, [.. a.Values.Select((value, place) => of(value, b.Values[Place(a.Shape, place, b.Shape)]))]);
    }

    private static int Place(int[] shape, int place, int[] other)
    {
        var (at, step) = (0, 1);
        for (var side = 1; side <= other.Length; side++)
        {
            var (length, index) = (other[^side], place % shape[^side]);
            place /= shape[^side];
            if (length > 1) at += index * step;
            step *= length;
        }

        return at;
    }

    private static (int[], double[]) Reshape((int[] Shape, double[] Values) x, double[] wanted)
    {
        int[] shape = [.. wanted.Select((side, i) => side == 0 ? x.Shape[i] : (int)side)];
        var known = shape.Where(side => side >= 0).Aggregate(1, (product, side) => product * side);
        return ([.. shape.Select(side => side < 0 ? x.Values.Length / known : side)], x.Values);
    }

    private static (int[], double[]) Instance((int[] Shape, double[] Values)[] inputs, double epsilon)
    {
        var (x, area) = (inputs[0], inputs[0].Shape.Skip(2).Aggregate(1, (product, side) => product * side));
        return (x.Shape, [.. x.Values.Chunk(area).SelectMany((run, i) =>
        {
            var (mean, channel) = (run.Average(), i % x.Shape[1]);
            var deviation = Math.Sqrt(run.Average(value => (value - mean) * (value - mean)) + epsilon);
            return run.Select(value => ((value - mean) / deviation * inputs[1].Values[channel]) + inputs[2].Values[channel]);
        })]);
    }

    private static (int[], double[]) GlobalAverage((int[] Shape, double[] Values) x) =>
        ([x.Shape[0], x.Shape[1], 1, 1], [.. x.Values.Chunk(x.Shape[2] * x.Shape[3]).Select(map => map.Average())]);

    private static (int[], double[]) AveragePool((int[] Shape, double[] Values) x, Dictionary<string, ProtoReader> attributes)
    {
        var (kernel, stride) = (Ints(attributes, "kernel_shape"), Ints(attributes, "strides"));
        return Windows(x, x.Shape[1], kernel, stride, [0, 0, 0, 0], (image, channel, at) =>
            (from u in Enumerable.Range(0, kernel[0]) from v in Enumerable.Range(0, kernel[1]) select at(channel, u, v, 0)).Average());
    }

    // The integral by Simpson's rule, in steps fine enough for 1e-9.
    private static double Erf(double x)
    {
        const int Steps = 400;
        var h = x / Steps;
        double Slope(double t) => 2 / Math.Sqrt(Math.PI) * Math.Exp(-t * t);
        return h / 3 * Enumerable.Range(0, Steps + 1).Sum(i => (i == 0 || i == Steps ? 1 : i % 2 == 1 ? 4 : 2) * Slope(i * h));
    }

    private static (int[], double[]) Gemm((int[] Shape, double[] Values)[] inputs, Dictionary<string, ProtoReader> attributes)
    {
        var (x, w) = (inputs[0], inputs[1]);
        Assert.Equal((2L, 1L), (attributes["transB"].Number(20), attributes["transB"].Number(3)));
        Assert.Equal((2, w.Shape[1]), (x.Shape.Length, x.Shape[1]));
        var (rows, units, features) = (x.Shape[0], w.Shape[0], w.Shape[1]);
        var y = new double[rows * units];
        for (var row = 0; row < rows; row++)
            for (var unit = 0; unit < units; unit++)
                y[(row * units) + unit] = (inputs.Length > 2 ? inputs[2].Values[unit] : 0) + Enumerable.Range(0, features).Sum(i => x.Values[(row * features) + i] * w.Values[(unit * features) + i]);
        return ([rows, units], y);
    }

    private static (int[], double[]) Conv((int[] Shape, double[] Values)[] inputs, Dictionary<string, ProtoReader> attributes)
    {
        var (x, w) = (inputs[0], inputs[1]);
        var (kernel, stride, pads) = (Ints(attributes, "kernel_shape"), Ints(attributes, "strides"), Ints(attributes, "pads"));
        Assert.Equal(w.Shape[2..], kernel);
        return Windows(x, w.Shape[0], kernel, stride, pads, (image, channel, at) =>
        {
            var sum = inputs.Length > 2 ? inputs[2].Values[channel] : 0;
            for (var c = 0; c < w.Shape[1]; c++)
                for (var u = 0; u < kernel[0]; u++)
                    for (var v = 0; v < kernel[1]; v++)
                        sum += w.Values[(((((channel * w.Shape[1]) + c) * kernel[0]) + u) * kernel[1]) + v] * at(c, u, v, 0);
            return sum;
        });
    }

    private static (int[], double[]) MaxPool((int[] Shape, double[] Values) x, Dictionary<string, ProtoReader> attributes)
    {
        var (kernel, stride) = (Ints(attributes, "kernel_shape"), Ints(attributes, "strides"));
        return Windows(x, x.Shape[1], kernel, stride, [0, 0, 0, 0], (image, channel, at) =>
            (from u in Enumerable.Range(0, kernel[0]) from v in Enumerable.Range(0, kernel[1]) select at(channel, u, v, double.NegativeInfinity)).Max());
    }

    private static (int[], double[]) Windows(
        (int[] Shape, double[] Values) x, int channels, int[] kernel, int[] stride, int[] pads,
        Func<int, int, Func<int, int, int, double, double>, double> of)
    {
        var (height, width) = (x.Shape[2], x.Shape[3]);
        int[] shape = [x.Shape[0], channels, ((height + pads[0] + pads[2] - kernel[0]) / stride[0]) + 1, ((width + pads[1] + pads[3] - kernel[1]) / stride[1]) + 1];
        var y = new List<double>();
        for (var image = 0; image < shape[0]; image++)
            for (var channel = 0; channel < channels; channel++)
                for (var p = 0; p < shape[2]; p++)
                    for (var q = 0; q < shape[3]; q++)
                    {
                        var (top, left, of1) = ((p * stride[0]) - pads[0], (q * stride[1]) - pads[1], image);
                        y.Add(of(image, channel, (c, u, v, outside) => top + u >= 0 && top + u < height && left + v >= 0 && left + v < width
                            ? x.Values[(((((of1 * x.Shape[1]) + c) * height) + top + u) * width) + left + v]
                            : outside));
                    }

        return (shape, [.. y]);
    }

    private static (int[], double[]) Normalize((int[] Shape, double[] Values)[] inputs, double epsilon)
    {
        var (x, scale, shift, mean, variance) = (inputs[0], inputs[1].Values, inputs[2].Values, inputs[3].Values, inputs[4].Values);
        var area = x.Shape.Skip(2).Aggregate(1, (product, side) => product * side);
        return (x.Shape, [.. x.Values.Select((value, place) =>
        {
            var channel = place / area % x.Shape[1];
            return ((value - mean[channel]) / Math.Sqrt(variance[channel] + epsilon) * scale[channel]) + shift[channel];
        })]);
    }

    private static double Real(Dictionary<string, ProtoReader> attributes, string name)
    {
        Assert.Equal(1, attributes[name].Number(20)); // FLOAT
        return attributes[name].Single(2);
    }

    private static int[] Ints(Dictionary<string, ProtoReader> attributes, string name)
    {
        Assert.Equal(7, attributes[name].Number(20)); // INTS
        return [.. attributes[name].Numbers(8).Select(value => (int)value)];
    }
}

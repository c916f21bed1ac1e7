using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Runs.Import;

/// <summary>Something done to a row.</summary>
/// <param name="Place">The node that does it, as messages name it.</param>
internal abstract record Step(string Place);

/// <summary>A layer with its numbers.</summary>
/// <param name="Parts">By name: <c>weight</c>, <c>bias</c>.</param>
/// <param name="Area">Positions of a map that it reads.</param>
internal sealed record LayerStep(string Place, LayerDefinition Layer, IReadOnlyDictionary<string, Weight> Parts, int Area = 1) : Step(Place)
{
    public LayerStep(string place, LayerDefinition layer, int area = 1)
        : this(place, layer, new Dictionary<string, Weight>(StringComparer.Ordinal), area)
    {
    }

    public LayerStep With(string part, Weight weight) =>
        this with { Parts = new Dictionary<string, Weight>(Parts, StringComparer.Ordinal) { [part] = weight } };
}

/// <summary>The sum of two branches.</summary>
/// <param name="Depth">Sums inside each other, this one counted.</param>
internal sealed record SumStep(string Place, IReadOnlyList<Step> Main, IReadOnlyList<Step> Shortcut, int Depth) : Step(Place);

/// <summary>y = scale * x + shift, with one number for all, or one for each channel or feature. No layer yet: it becomes part of one.</summary>
internal sealed record AffineStep(string Place, double[] Scale, double[] Shift) : Step(Place)
{
    public bool IsShifted => Shift.Any(shift => shift != 0);

    public double ScaleOf(int unit) => Scale[Scale.Length == 1 ? 0 : unit];

    public double ShiftOf(int unit) => Shift[Shift.Length == 1 ? 0 : unit];

    /// <summary>This and then another one, as one.</summary>
    public AffineStep Then(AffineStep next)
    {
        var units = new[] { Scale.Length, Shift.Length, next.Scale.Length, next.Shift.Length }.Max();
        return new(
            next.Place, [.. Enumerable.Range(0, units).Select(unit => ScaleOf(unit) * next.ScaleOf(unit))],
            [.. Enumerable.Range(0, units).Select(unit => (next.ScaleOf(unit) * ShiftOf(unit)) + next.ShiftOf(unit))]);
    }

    /// <summary>The same of maps written as features.</summary>
    public AffineStep OverFeatures(int area) => this with { Scale = Spread(Scale, area), Shift = Spread(Shift, area) };

    private static double[] Spread(double[] numbers, int area) =>
        numbers.Length == 1 ? numbers : [.. numbers.SelectMany(number => Enumerable.Repeat(number, area))];
}

/// <summary>The error function, which stands here inside GELU alone.</summary>
internal sealed record ErfStep(string Place) : Step(Place);

/// <summary>A row as so many groups of numbers, which group normalization reads.</summary>
internal sealed record GroupStep(string Place, int Groups) : Step(Place);

/// <summary>Maps with their channels last: what follows reads them so.</summary>
internal sealed record ChannelsLastStep(string Place, int Channels, int Area) : Step(Place);

/// <summary>Scores made into probabilities.</summary>
internal sealed record SoftmaxStep(string Place) : Step(Place);

/// <summary>Numbers of a layer, worked out when they are asked for, so that a file's own are not there twice.</summary>
internal sealed record Weight(IReadOnlyList<int> Shape, Func<float[]> Make)
{
    public int Count => Shape.Aggregate(1, (product, side) => product * side);

    public static Weight Of(params float[] values) => new([values.Length], () => [.. values]);

    /// <summary>The transpose of [<paramref name="rows"/>, <paramref name="columns"/>].</summary>
    public static float[] Turned(float[] values, int rows, int columns)
    {
        var turned = new float[values.Length];
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < columns; column++)
                turned[(column * rows) + row] = values[(row * columns) + column];
        return turned;
    }

    /// <summary>Each number changed; <paramref name="change"/> is given its output unit, its input unit and the number.</summary>
    /// <param name="change">Called in row-major order.</param>
    public Weight Changed(Func<int, int, float, double> change)
    {
        var (outputs, inputs) = (Shape[0], Shape.Count > 1 ? Shape[1] : 1);
        var area = Count / Math.Max(1, outputs * inputs);
        return this with
        {
            Make = () =>
            {
                var values = Make();
                for (var i = 0; i < values.Length; i++)
                    values[i] = (float)change(i / (inputs * area), i / area % inputs, values[i]);
                return values;
            },
        };
    }
}

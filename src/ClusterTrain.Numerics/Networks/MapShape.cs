namespace ClusterTrain.Numerics.Networks;

/// <summary>Size of one example between two layers, laid out [channels, height, width] row-major.</summary>
/// <param name="Channels">Feature maps; features where there are no maps.</param>
/// <param name="Height">1 for features.</param>
/// <param name="Width">1 for features.</param>
public readonly record struct MapShape(int Channels, int Height, int Width)
{
    /// <summary>Positions of one map.</summary>
    public int Area => Height * Width;

    /// <summary>Floats of one example.</summary>
    public int Features => Channels * Area;

    /// <summary>Plain features without maps.</summary>
    public static MapShape Flat(int features) => new(features, 1, 1);

    /// <summary>From the shape of a data set: [channels, height, width], anything else as plain features.</summary>
    public static MapShape Of(IReadOnlyList<int> shape) =>
        shape.Count == 3 ? new(shape[0], shape[1], shape[2]) : Flat(shape.Aggregate(1, (product, side) => product * side));

    public override string ToString() => $"[{Channels}, {Height}, {Width}]";
}

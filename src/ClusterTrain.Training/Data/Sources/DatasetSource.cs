namespace ClusterTrain.Training.Data.Sources;

/// <summary>A data set before it is split.</summary>
/// <param name="Shape">Channels, height, width of a row.</param>
/// <param name="Classes">2 or more; every label is below it.</param>
/// <param name="Train">Rows of the training file, from which validation is taken.</param>
public sealed record DatasetSource(IReadOnlyList<int> Shape, int Classes, LabelledImages Train, LabelledImages Test)
{
    /// <summary>What the classes are called, as many as there are; empty where nothing says so.</summary>
    public IReadOnlyList<string> ClassNames { get; init; } = [];

    /// <summary>Bytes of a row.</summary>
    public int Features => Shape.Aggregate(1, (product, side) => product * side);
}

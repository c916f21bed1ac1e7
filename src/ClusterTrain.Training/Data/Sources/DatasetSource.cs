namespace ClusterTrain.Training.Data.Sources;

/// <summary>A data set before it is split.</summary>
/// <param name="Shape">Of a row: channels, height, width of a picture; of a table the number of its columns alone.</param>
/// <param name="Classes">2 or more; every label is below it.</param>
/// <param name="Train">Rows of the training file, from which validation is taken.</param>
/// <param name="Test">Rows of the test file, of the same kind.</param>
public sealed record DatasetSource(IReadOnlyList<int> Shape, int Classes, LabelledRows Train, LabelledRows Test)
{
    /// <summary>What the classes are called, as many as there are; empty where nothing says so.</summary>
    public IReadOnlyList<string> ClassNames { get; init; } = [];

    /// <summary>What the columns of a table are called, as many as there are; empty where nothing says so.</summary>
    public IReadOnlyList<string> ColumnNames { get; init; } = [];

    /// <summary>Inputs of a row.</summary>
    public int Features => Shape.Aggregate(1, (product, side) => product * side);

    /// <summary>Whether rows are numbers with a range of their own, and not pictures.</summary>
    public bool IsTable => Shape.Count != 3;
}

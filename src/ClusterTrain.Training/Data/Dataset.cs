using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Training.Data;

/// <summary>A data set, split and in memory.</summary>
/// <param name="Name">As in the spec.</param>
/// <param name="InputShape">Channels, height, width (NCHW without N); of a table the number of its columns alone.</param>
/// <param name="Classes">Number of classes; every label is below it.</param>
/// <param name="Hash">
/// SHA-256, lower-case hex, over the decoded content of all splits (inputs as stored, labels, sizes): the same for a
/// raw and a gzip copy, different for another split size.
/// </param>
public sealed record Dataset(
    string Name, IReadOnlyList<int> InputShape, int Classes, Examples Train, Examples Validation, Examples Test, string Hash)
{
    /// <summary>What the classes are called, as many as there are; empty where nothing says so.</summary>
    public IReadOnlyList<string> ClassNames { get; init; } = [];

    /// <summary>What each input can be, to which attacks clip: [0, 1] for pictures, for a table what its columns have in all files.</summary>
    public InputRange Range { get; init; } = InputRange.Unit;

    /// <summary>What was done to the values of the files; null when nothing.</summary>
    public DataScaling? Scaling { get; init; }

    /// <summary>Whether rows are numbers with a range of their own, and not pictures.</summary>
    public bool IsTable => InputShape.Count != 3;

    public int Features => InputShape.Aggregate(1, (product, side) => product * side);
}

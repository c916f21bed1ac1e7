namespace ClusterTrain.Numerics.Networks;

/// <summary>Where one named tensor lies in a network's flat parameter vector.</summary>
/// <param name="Name">Position of the layer in the list, then what it is: <c>0.weight</c>, <c>0.bias</c>.</param>
/// <param name="Shape">[out, in] or [out, in, kernel, kernel] for weights, [out] for biases.</param>
/// <param name="Offset">First float in the flat vector.</param>
/// <param name="Rows">Output units of a weight; 1 for a bias.</param>
/// <param name="Columns">Inputs of one output unit of a weight; output units of a bias.</param>
/// <param name="IsPenalized">Whether weight penalties and decay apply: weights yes, biases no.</param>
public sealed record ParameterTensor(
    string Name, IReadOnlyList<int> Shape, int Offset, int Rows, int Columns, bool IsPenalized)
{
    public int Length => Rows * Columns;

    /// <summary>Whether it holds running statistics, which the commit averages and no optimizer touches.</summary>
    public bool IsStatistic { get; init; }
}

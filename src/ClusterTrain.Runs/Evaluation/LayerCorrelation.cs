using System.Globalization;

namespace ClusterTrain.Runs.Evaluation;

/// <summary>How much the units of a hidden layer say the same: Hinton et al. 2012 call it co-adaptation.</summary>
/// <param name="Layer">Place in <c>network.layers</c> of the layer with the weights; measured after its activation.</param>
/// <param name="Units">Units, or channels of maps.</param>
/// <param name="ConstantUnits">Those with one value on all rows, such as dead ones; they have no correlation and are left out.</param>
/// <param name="MeanCorrelation">
/// Mean of |correlation| over all pairs of other units, 0 to 1; null with fewer than two of them. Channels are correlated
/// over rows and positions.
/// </param>
public sealed record LayerCorrelation(int Layer, int Units, int ConstantUnits, double? MeanCorrelation)
{
    /// <summary>Where it stands: <c>3</c>, or <c>3.main.0</c> inside another one.</summary>
    public string Path { get; init; } = Layer.ToString(CultureInfo.InvariantCulture);
}

using ClusterTrain.Numerics.Layers;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Training.Footprint;

/// <summary>One layer of a network, as a table has it.</summary>
/// <param name="Path">Where it stands: <c>3</c>, <c>3.main.0</c>.</param>
/// <param name="Kind">Its name in a spec.</param>
/// <param name="Output">What it makes of one example.</param>
/// <param name="Parameters">Trained ones of its own, not of layers inside it.</param>
/// <param name="Statistics">Numbers that are kept beside them and not trained.</param>
/// <param name="MultiplyAdds">One example's way through its products; other arithmetic is not counted.</param>
public sealed record LayerRow(string Path, string Kind, MapShape Output, long Parameters, long Statistics, long MultiplyAdds)
{
    /// <summary>Layers that it stands in.</summary>
    public int Depth => Path.Count(c => c == '.') / 2;
}

/// <summary>A network's layers with what each of them has and costs; one that has others inside stands before them.</summary>
public sealed record LayerTable(MapShape Input, IReadOnlyList<LayerRow> Rows)
{
    public long Parameters => Rows.Sum(row => row.Parameters);

    public long Statistics => Rows.Sum(row => row.Statistics);

    public long MultiplyAdds => Rows.Sum(row => row.MultiplyAdds);

    /// <param name="input">Shape of an example.</param>
    /// <param name="layers">Those of <paramref name="network"/>.</param>
    /// <param name="network">Built of them.</param>
    public static LayerTable Of(MapShape input, IReadOnlyList<LayerDefinition> layers, Network network)
    {
        var tensors = network.Tensors.ToLookup(tensor => tensor.Name[..tensor.Name.LastIndexOf('.')], StringComparer.Ordinal);
        var products = network.Stages.Where(stage => stage.RowsAreUnits).ToLookup(stage => stage.Path, StringComparer.Ordinal);
        return new(LayerWalk.InputOf(input, layers),
        [
            .. LayerWalk.Over(input, layers).SelectMany(WithInner).Select(place => new LayerRow(
                place.Path, LayerCatalogue.Of(place.Layer).Name, place.Output,
                tensors[place.Path].Where(tensor => !tensor.IsStatistic).Sum(tensor => (long)tensor.Length),
                tensors[place.Path].Where(tensor => tensor.IsStatistic).Sum(tensor => (long)tensor.Length),
                products[place.Path].Sum(stage => (long)stage.Weight.Length * stage.Positions))),
        ]);
    }

    private static IEnumerable<LayerPlace> WithInner(LayerPlace place) =>
        place.Branches.SelectMany(branch => branch).SelectMany(WithInner).Prepend(place);
}

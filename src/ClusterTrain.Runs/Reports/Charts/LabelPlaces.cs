namespace ClusterTrain.Runs.Reports.Charts;

/// <summary>Moves labels apart that want the same place.</summary>
internal static class LabelPlaces
{
    /// <summary>Places at least <paramref name="gap"/> apart, as near to the wanted ones as going down and back up finds.</summary>
    /// <param name="wanted">Ascending.</param>
    public static IReadOnlyList<double> Spread(IReadOnlyList<double> wanted, double gap, double top, double bottom)
    {
        var places = wanted.Select(place => Math.Clamp(place, top, bottom)).ToArray();
        for (var i = 1; i < places.Length; i++)
            places[i] = Math.Max(places[i], places[i - 1] + gap);
        if (places.Length > 0) places[^1] = Math.Min(places[^1], bottom);
        for (var i = places.Length - 2; i >= 0; i--)
            places[i] = Math.Min(places[i], places[i + 1] - gap);
        return places;
    }
}

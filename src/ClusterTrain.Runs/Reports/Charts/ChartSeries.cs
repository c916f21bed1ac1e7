using ClusterTrain.Runs.Reports.Pages;
namespace ClusterTrain.Runs.Reports.Charts;

/// <summary>One measured point.</summary>
/// <param name="Low">Lower end of what it stands for; equal to <paramref name="Y"/> without a spread.</param>
/// <param name="High">Upper end.</param>
/// <param name="Note">What pointing at it tells; none when empty.</param>
internal readonly record struct ChartPoint(double X, double Y, double Low, double High, string Note = "")
{
    public ChartPoint(double x, double y, string note = "")
        : this(x, y, y, y, note)
    {
    }

    public bool IsFinite =>
        double.IsFinite(X) && double.IsFinite(Y) && double.IsFinite(Low) && double.IsFinite(High);
}

/// <summary>One line of a chart.</summary>
/// <param name="Name">Stands at the line's end: charts have no legend to look up.</param>
/// <param name="LastValue">Stands below the name.</param>
/// <param name="Color">1 to 4: a colour of <see cref="ChartStyle"/>, and a shape, so that colour is never alone.</param>
/// <param name="Points">By rising X. What is not finite leaves a gap.</param>
/// <param name="HasMarkers">Whether each point shows.</param>
internal sealed record ChartSeries(
    string Name, string LastValue, int Color, IReadOnlyList<ChartPoint> Points, bool HasMarkers)
{
    /// <summary>The stretches without a gap.</summary>
    public IEnumerable<IReadOnlyList<ChartPoint>> Stretches()
    {
        List<ChartPoint> stretch = [];
        foreach (var point in Points)
        {
            if (point.IsFinite)
            {
                stretch.Add(point);
                continue;
            }

            if (stretch.Count > 0) yield return stretch;
            stretch = [];
        }

        if (stretch.Count > 0) yield return stretch;
    }
}

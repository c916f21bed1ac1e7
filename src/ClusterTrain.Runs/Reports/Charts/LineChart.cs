using ClusterTrain.Runs.Reports.Pages;

namespace ClusterTrain.Runs.Reports.Charts;

/// <summary>A place on the x axis that is worth a word.</summary>
internal sealed record ChartRule(double X, string Label);

/// <summary>The rectangle inside the axes: from values to places.</summary>
internal readonly record struct PlotArea(double Left, double Top, double Right, double Bottom, ChartAxis X, ChartAxis Y)
{
    public double AtX(double value) => Left + (X.Share(value) * (Right - Left));

    public double AtY(double value) => Bottom - (Y.Share(value) * (Bottom - Top));

    /// <summary>A point of a path: "x,y".</summary>
    public string At(double x, double y) => Html.Of($"{AtX(x)},{AtY(y)}").Text;
}

/// <summary>Lines over a common x axis as inline SVG, each named at its end.</summary>
/// <param name="Description">What a reader who does not see the picture is told.</param>
/// <param name="Rule">A marked place, or none.</param>
internal sealed record LineChart(
    string Description, ChartAxis X, ChartAxis Y, IReadOnlyList<ChartSeries> Series, ChartRule? Rule = null)
{
    // Small enough for texts to stay readable when a phone scales the picture down to its width.
    private const double Width = 440;
    private const double Height = 290;
    // Rather too wide: how wide a letter really is, only the browser knows.
    private const double Letter = 8;
    private const double Mark = 4;
    private const int MostMarks = 80;

    public Html ToHtml()
    {
        var plot = Plot();
        return Html.Of($"""
            <svg class="chart" viewBox="0 0 {Width} {Height}" role="img" aria-label="{Description}">
            {Y.Ticks.Select(tick => YTick(plot, tick))}{X.Ticks.Select(tick => XTick(plot, tick))}
            <line class="axis" x1="{plot.Left}" y1="{plot.Bottom}" x2="{plot.Right}" y2="{plot.Bottom}"/>
            <text x="0" y="12">{Y.Title}</text>
            <text x="{(plot.Left + plot.Right) / 2}" y="{Height - 4}" text-anchor="middle">{X.Title}</text>
            {RuleMarkup(plot)}{Series.Select(series => Bands(plot, series))}{Series.Select(series => Lines(plot, series))}{Labels(plot)}
            </svg>
            """);
    }

    private PlotArea Plot()
    {
        var left = 10 + (Letter * Y.Ticks.Max(tick => Y.Label(tick).Length));
        var words = Series.SelectMany(series => new[] { series.Name, series.LastValue }).Select(word => word.Length);
        var right = 14 + (Letter * words.DefaultIfEmpty(0).Max());
        return new PlotArea(left, 44, Width - Math.Min(right, Width / 3), Height - 40, X, Y);
    }

    private Html YTick(PlotArea plot, double tick) => Html.Of($"""
        <line class="grid" x1="{plot.Left}" y1="{plot.AtY(tick)}" x2="{plot.Right}" y2="{plot.AtY(tick)}"/><text x="{plot.Left - 6}" y="{plot.AtY(tick) + 4.5}" text-anchor="end">{Y.Label(tick)}</text>
        """);

    private Html XTick(PlotArea plot, double tick) => Html.Of($"""
        <line class="axis" x1="{plot.AtX(tick)}" y1="{plot.Bottom}" x2="{plot.AtX(tick)}" y2="{plot.Bottom + 4}"/><text x="{plot.AtX(tick)}" y="{plot.Bottom + 18}" text-anchor="middle">{X.Label(tick)}</text>
        """);

    private Html RuleMarkup(PlotArea plot)
    {
        if (Rule is null || !(Rule.X >= X.Low && Rule.X <= X.High)) return Html.None;
        var x = plot.AtX(Rule.X);
        // The text stays inside the plot: it grows away from the nearer edge.
        var (anchor, shift) = X.Share(Rule.X) > 0.5 ? ("end", 3) : ("start", -3);
        return Html.Of($"""
            <line class="rule" x1="{x}" y1="{plot.Top - 4}" x2="{x}" y2="{plot.Bottom}"/><text class="note" x="{x + shift}" y="{plot.Top - 9}" text-anchor="{anchor}">{Rule.Label}</text>
            """);
    }

    private static Html Bands(PlotArea plot, ChartSeries series) => Html.Of($"{series.Stretches()
        .Where(stretch => stretch.Any(point => point.High > point.Low))
        .Select(stretch =>
        {
            var there = stretch.Select(point => plot.At(point.X, point.High));
            var back = stretch.Reverse().Select(point => plot.At(point.X, point.Low));
            return Html.Of($"""<path class="band c{series.Color}" d="M{string.Join('L', there.Concat(back))}Z"/>""");
        })}");

    private static Html Lines(PlotArea plot, ChartSeries series)
    {
        var lines = series.Stretches().Where(stretch => stretch.Count > 1).Select(stretch => Html.Of($"""
            <path class="line c{series.Color}" d="M{string.Join('L', stretch.Select(point => plot.At(point.X, point.Y)))}"/>
            """));
        // A point without neighbours would be invisible as a line.
        var marks = series.Stretches()
            .Where(stretch => stretch.Count == 1 || (series.HasMarkers && series.Points.Count <= MostMarks))
            .SelectMany(stretch => stretch.Select(point => Marker(plot, series.Color, point)));
        return Html.Of($"{lines}{marks}");
    }

    private static Html Marker(PlotArea plot, int color, ChartPoint point)
    {
        var (x, y) = (plot.AtX(point.X), plot.AtY(point.Y));
        var note = point.Note.Length == 0 ? Html.None : Html.Of($"<title>{point.Note}</title>");
        return color % 2 == 1
            ? Html.Of($"""<circle class="mark c{color}" cx="{x}" cy="{y}" r="{Mark}">{note}</circle>""")
            : Html.Of($"""<rect class="mark c{color}" x="{x - Mark}" y="{y - Mark}" width="{2 * Mark}" height="{2 * Mark}">{note}</rect>""");
    }

    /// <summary>Names beside the lines' ends, moved apart where lines end close together.</summary>
    private Html Labels(PlotArea plot)
    {
        const double lineHeight = 15;
        var ends = Series.Select(series => (Series: series, End: series.Points.LastOrDefault(point => point.IsFinite)))
            .Where(pair => pair.Series.Points.Any(point => point.IsFinite))
            .OrderByDescending(pair => pair.End.Y).ToList();
        var places = LabelPlaces.Spread(
            [.. ends.Select(pair => plot.AtY(pair.End.Y))], 2.2 * lineHeight, plot.Top + 4, plot.Bottom - lineHeight);
        return Html.Of($"{ends.Zip(places, (pair, y) =>
        {
            var (color, endX, endY) = (pair.Series.Color, plot.AtX(pair.End.X), plot.AtY(pair.End.Y));
            return Html.Of($"""
                <line class="lead c{color}" x1="{endX}" y1="{endY}" x2="{plot.Right + 8}" y2="{y}"/><text class="name c{color}" x="{plot.Right + 11}" y="{y + 4.5}">{pair.Series.Name}</text><text class="c{color}" x="{plot.Right + 11}" y="{y + 4.5 + lineHeight}">{pair.Series.LastValue}</text>
                """);
        })}");
    }
}

using System.Xml.Linq;
using ClusterTrain.Runs.Ledger;
using ClusterTrain.Runs.Reports;
using ClusterTrain.Runs.Reports.Charts;
using ClusterTrain.Runs.Reports.Content;
using ClusterTrain.Runs.Reports.Pages;

namespace ClusterTrain.Runs.Tests.Reports;

public sealed class ChartTests
{
    [Theory]
    [InlineData(100, 6, 20)]
    [InlineData(2.3, 6, 0.5)]
    [InlineData(0.07, 6, 0.01)]
    [InlineData(1, 11, 0.1)]
    [InlineData(1e-12, 6, 2e-13)]
    [InlineData(1e12, 6, 2e11)]
    public void Step_OfARange_IsNice(double range, int count, double step) => Assert.Equal(step, NiceNumbers.Step(range, count));

    [Theory]
    [InlineData(9.9999999999, 10)]
    [InlineData(9.9, 5)]
    [InlineData(0.3, 0.2)]
    [InlineData(1, 1)]
    public void Below_ANumber_IsTheNiceOneAtMostIt(double number, double nice) => Assert.Equal(nice, NiceNumbers.Below(number));

    [Fact]
    public void Multiples_IncludeBothEndsAndDoNotDrift()
    {
        Assert.Equal(11, NiceNumbers.Multiples(0, 1, 0.1).Count);
        Assert.Equal([-2, -1, 0, 1], NiceNumbers.Multiples(-2.5, 1, 1));
    }

    [Fact]
    public void Labels_HaveTheDecimalsOfTheStepAndTheUnit()
    {
        var loss = ChartAxis.FromZero("loss", [0.02, 2.3]);
        Assert.Equal(["0.0", "0.5", "1.0", "1.5", "2.0", "2.5"], loss.Ticks.Select(loss.Label));
        var steps = ChartAxis.OfCounts("step", [5_300]);
        Assert.Equal(["0", "1,000", "2,000", "3,000", "4,000", "5,000"], steps.Ticks.Select(steps.Label));
        var share = ChartAxis.OfPercent("accuracy", [97.1, 97.3]);
        Assert.Equal(["92%", "94%", "96%", "98%", "100%"], share.Ticks.Select(share.Label).TakeLast(5));
    }

    [Fact]
    public void Axes_OfNothingOfOneValueOrOfExtremes_HaveARangeAndTicks()
    {
        double[][] cases = [[], [0], [3], [1e-300], [1e300], [double.NaN], [double.PositiveInfinity, 2], [-1, 1], [100, 100], [0, 1e-9]];
        foreach (var values in cases)
        {
            foreach (var axis in new[] { ChartAxis.OfCounts("", values), ChartAxis.FromZero("", values), ChartAxis.OfPercent("", values) })
            {
                Assert.True(axis.High > axis.Low);
                Assert.InRange(axis.Ticks.Count, 1, 12);
                Assert.All(axis.Ticks, tick => Assert.DoesNotContain("NaN", axis.Label(tick), StringComparison.Ordinal));
                Assert.Equal(axis.Ticks.Count, axis.Ticks.Select(axis.Label).Distinct().Count());
            }
        }
    }

    [Fact]
    public void Chart_WithAGap_BreaksTheLineAndShowsALonelyPoint()
    {
        ChartPoint[] points = [new(0, 1), new(1, 2), new(2, double.NaN), new(3, 1), new(4, double.NaN), new(5, 2), new(6, 3)];
        var svg = Svg(new ChartSeries("a", "3", 1, points, HasMarkers: false));
        Assert.Equal(2, svg.Descendants("path").Count());
        Assert.Single(svg.Descendants("circle"));
    }

    [Fact]
    public void Chart_WithASpread_DrawsABand()
    {
        var svg = Svg(new ChartSeries("a", "3", 2, [new(0, 1, 0.5, 2), new(1, 2, 1, 3)], HasMarkers: true));
        Assert.Equal(["band c2", "line c2"], svg.Descendants("path").Select(path => path.Attribute("class")!.Value));
        Assert.Equal(2, svg.Descendants("rect").Count());
    }

    [Fact]
    public void Labels_ThatWantOnePlace_AreMovedApartWithinTheChart()
    {
        var places = LabelPlaces.Spread([98, 99, 100], 30, 0, 100);
        Assert.Equal([40, 70, 100], places);
        Assert.Equal([10, 60], LabelPlaces.Spread([10, 60], 30, 0, 100));
        Assert.Empty(LabelPlaces.Spread([], 30, 0, 100));
    }

    [Fact]
    public void Thin_KeepsEveryStepAndEverySpike()
    {
        List<LedgerEntry> entries = [.. Enumerable.Range(0, 1_234).Select(step => new LedgerEntry(step, "", step == 700 ? 50 : 1))];
        var points = LossPoint.Thin(entries);
        Assert.InRange(points.Count, 1, 400);
        Assert.Equal((0, 1_233), (points[0].First, points[^1].Last));
        Assert.All(points.Zip(points.Skip(1)), pair => Assert.Equal(pair.First.Last + 1, pair.Second.First));
        Assert.Equal(50, points.Max(point => point.Max));
        Assert.Equal(entries.Take(3).Select(entry => entry.Loss), LossPoint.Thin([.. entries.Take(3)]).Select(point => point.Mean));
        Assert.Empty(LossPoint.Thin([]));
    }

    [Fact]
    public void Html_OfValues_EscapesTextsAndRefusesWhatIsNotFinite()
    {
        Assert.Equal("<b>&lt;&amp;&gt;</b>7 1.25 0", Html.Of($"<b>{"<&>"}</b>{7} {1.2501} {-0.0001}").Text);
        Assert.Throws<ArgumentOutOfRangeException>(() => Html.Of($"{double.NaN}"));
    }

    private static XElement Svg(ChartSeries series) => XElement.Parse(new LineChart(
        "", ChartAxis.OfCounts("x", series.Points.Select(point => point.X)),
        ChartAxis.FromZero("y", series.Points.Select(point => point.High)), [series]).ToHtml().Text);
}

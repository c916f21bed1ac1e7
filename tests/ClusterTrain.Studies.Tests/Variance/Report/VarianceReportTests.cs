using System.Xml.Linq;
using ClusterTrain.Studies.Tests.Variance.Arms;
using ClusterTrain.Studies.Variance.Arms;
using ClusterTrain.Studies.Variance.Report;

namespace ClusterTrain.Studies.Tests.Variance.Report;

public sealed class VarianceReportTests : IClassFixture<SampleStudy>
{
    private readonly SampleStudy _sample;

    public VarianceReportTests(SampleStudy sample) => _sample = sample;

    [Fact]
    public void Html_OfAStudy_IsWellFormedAndHasEverySection()
    {
        var page = XDocument.Parse(_sample.Page.Replace("<!DOCTYPE html>", "", StringComparison.Ordinal));

        Assert.Equal(VarianceReport.Sections, page.Descendants("section").Select(section => section.Attribute("id")!.Value));
        Assert.Equal(9 + 2 + 1 + 3, page.Descendants("svg").Count()); // an arm each, two of work, one of shares, three of change
        Assert.All(page.Descendants("svg"), svg => Assert.False(string.IsNullOrEmpty(svg.Attribute("aria-label")?.Value)));
        Assert.Equal(9, page.Descendants("img").Count());
    }

    [Fact]
    public void Html_OfAStudy_LoadsNothingFromAnywhere()
    {
        var page = XDocument.Parse(_sample.Page.Replace("<!DOCTYPE html>", "", StringComparison.Ordinal));

        Assert.Empty(page.Descendants("script"));
        Assert.Empty(page.Descendants("link"));
        Assert.All(page.Descendants().Attributes().Where(attribute => attribute.Name.LocalName is "src" or "href"),
            attribute => Assert.StartsWith("data:", attribute.Value, StringComparison.Ordinal));
    }

    [Fact]
    public void Html_OfAStudy_SaysEveryVerdictAndThatTheFormulaDoesNotApply()
    {
        var text = XDocument.Parse(_sample.Page.Replace("<!DOCTYPE html>", "", StringComparison.Ordinal)).Root!.Value;

        Assert.All(_sample.Result.Arms.Where(arm => arm.Change is not null), arm => Assert.Contains(arm.Change!.Words, text, StringComparison.Ordinal));
        Assert.Contains("the formula does not apply", text, StringComparison.Ordinal);
        Assert.Contains("clustertrain variance study.yaml", text, StringComparison.Ordinal);
        Assert.Contains("members: 6", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Html_SameResult_IsTheSameBytes() => Assert.Equal(_sample.Page, VarianceReport.Html(_sample.Study, _sample.Result, _sample.Timings));

    [Fact]
    public void Html_ArmWithoutEstimate_SaysWhyInsteadOfFailing()
    {
        var broken = _sample.Result.Arms[2] with { Moments = null, Change = null, Curve = [], HeldOut = [], G = [], Apart = [], EqualTraining = null, EqualInference = null, Problem = "a training set has 0 members left" };
        var result = _sample.Result with { Arms = [_sample.Result.Arms[0], broken], Verdict = ["c (dropout networks): no estimate, since a training set has 0 members left."] };

        var page = VarianceReport.Html(_sample.Study, result, _sample.Timings);

        Assert.Contains("no estimate, since a training set has 0 members left", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Conclusions_OtherFigures_AreOtherSentences()
    {
        var arm = _sample.Result.Arms.Single(arm => arm.Id == "c");
        string With(double low, double high)
        {
            var change = arm.Change! with { C = arm.Change.C with { Total = new(low, high) } };
            return Conclusions.Of(_sample.Result with { Arms = [_sample.Result.Arms[0], arm with { Change = change }] })[0];
        }

        Assert.Contains("lower than with plain networks in c", With(-0.2, -0.1), StringComparison.Ordinal);
        Assert.Contains("higher in c", With(0.1, 0.2), StringComparison.Ordinal);
        Assert.Contains("not to be told from it in c", With(-0.1, 0.2), StringComparison.Ordinal);
    }
}

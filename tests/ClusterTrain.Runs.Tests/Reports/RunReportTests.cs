using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using ClusterTrain.Runs.Reports;
using ClusterTrain.Runs.Reports.Content;
using ClusterTrain.Runs.Reports.Pictures;
using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Runs.Tests.Reports;

public sealed class RunReportTests
{
    public static TheoryData<string> Cases => [.. Variants.Keys];

    private static Dictionary<string, ReportData> Variants { get; } = new(StringComparer.Ordinal)
    {
        ["completed"] = SampleReport.Completed,
        ["interrupted"] = SampleReport.Interrupted,
        ["interrupted before anything"] = SampleReport.Interrupted with
        {
            Summary = SampleReport.Interrupted.Summary with { Steps = 0, Epochs = 0, BestStep = 0, Validation = null, ExamplesPerSecond = 0, Seconds = 0 },
            Evaluations = [],
            Losses = [],
            Tallies = [],
            Gallery = SampleReport.Completed.Gallery! with { Samples = [] },
        },
        ["one evaluation, one step"] = SampleReport.Completed with
        {
            Summary = SampleReport.Completed.Summary with { Steps = 1, Epochs = 1, BestStep = 1 },
            Evaluations = [SampleReport.Completed.Evaluations[0] with { Step = 1, Epoch = 1 }],
            Losses = [new LossPoint(0, 0, 0, 0, 0)],
        },
        ["no attack"] = SampleReport.Completed with
        {
            Spec = SampleReport.Spec with { Evaluation = new EvaluationSpec(), EarlyStopping = new EarlyStoppingSpec() },
            Summary = SampleReport.Completed.Summary with { Test = new TestScores(0.9, null, null), Validation = new ValidationScores(0.8, null) },
            Evaluations = [.. SampleReport.Completed.Evaluations.Select(record => record with { RobustAccuracy = null, Attack = null })],
            Gallery = SampleReport.Completed.Gallery! with { Origin = AttackOrigin.Report },
        },
        ["not finite"] = SampleReport.Completed with
        {
            Summary = SampleReport.Completed.Summary with { ExamplesPerSecond = double.PositiveInfinity, Seconds = double.NaN },
            Losses = [new LossPoint(0, 0, 1, 1, 1), new LossPoint(1, 1, double.NaN, double.NaN, double.NaN), new LossPoint(2, 2, 1e300, 1, 1e300)],
            Evaluations = [.. SampleReport.Completed.Evaluations, SampleReport.Completed.Evaluations[0] with { Loss = double.NaN, Accuracy = double.NaN }],
        },
        ["equal values"] = SampleReport.Completed with
        {
            Losses = [.. Enumerable.Range(0, 9).Select(step => new LossPoint(step, step, 2, 2, 2))],
            Evaluations = [.. SampleReport.Completed.Evaluations.Select(record => record with { Accuracy = 1, RobustAccuracy = 0 })],
        },
        ["colour pictures"] = SampleReport.Completed with { Gallery = SampleReport.Gallery(new ImageShape(3, 2, 9)) },
        ["many classes"] = SampleReport.Completed with { Tallies = [.. Enumerable.Range(0, 100).Select(label => new ClassTally(label, 10, label / 10, 1, 1))] },
        ["no pictures"] = SampleReport.Completed with { Gallery = null },
        ["many evaluations"] = SampleReport.Completed with
        {
            Evaluations = [.. Enumerable.Range(1, 300).Select(epoch => SampleReport.Completed.Evaluations[0] with { Step = epoch, Epoch = epoch })],
        },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Html_OfAnyRun_IsWellFormedSelfContainedAndWithoutNaN(string name)
    {
        var html = RunReport.Html(Variants[name]);
        var page = XDocument.Parse(html);
        Assert.Equal("html", page.Root!.Name.LocalName);
        Assert.Empty(page.Descendants("script"));
        Assert.DoesNotContain(page.Descendants().Attributes(), attribute => attribute.Name.LocalName is "href" or "srcset");
        Assert.All(page.Descendants("img"), image => Assert.StartsWith("data:image/png;base64,", image.Attribute("src")!.Value, StringComparison.Ordinal));
        Assert.DoesNotContain("http:", html, StringComparison.Ordinal);
        Assert.DoesNotContain("https:", html, StringComparison.Ordinal);
        Assert.DoesNotContain("url(", html, StringComparison.Ordinal);
        var shown = string.Join('\n', page.Descendants().SelectMany(element => element.Attributes().Where(attribute => attribute.Name != "src").Select(attribute => attribute.Value))) + page.Root.Value;
        Assert.DoesNotMatch(@"NaN|Infinity|∞", shown);
        Assert.All(page.Descendants("svg").Descendants(), AssertInside);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Html_OfTheSameData_IsTheSameInAnyCulture(string name)
    {
        var expected = RunReport.Html(Variants[name]);
        var culture = CultureInfo.CurrentCulture;
        var german = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (german.NumberFormat.NumberDecimalSeparator, german.NumberFormat.NumberGroupSeparator) = (",", ".");
        (german.NumberFormat.PercentDecimalSeparator, german.NumberFormat.NegativeSign) = (",", "−");
        try
        {
            CultureInfo.CurrentCulture = german;
            Assert.Equal(expected, RunReport.Html(Variants[name]));
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public void Html_OfACompletedRun_ShowsEachFigure()
    {
        var text = Text(SampleReport.Completed);
        string[] figures =
        [
            "sample", "Completed: all 5 epochs, 1,000 steps", "91.2%", "45.7%", SampleReport.TestAttack, SampleReport.ValidationAttack,
            "4,322", "examples/s", "269,322", SampleReport.StateHash, SampleReport.StateHash[..12], "best: epoch 4", "1 min 15 s",
            "1,280 training, 500 validation and 2,000 test rows", "13 classes", "4 × 6 grey pixels", "3 workers on the local engine",
            "managed m1", "77", new string('d', 64), new string('5', 64), "clustertrain train sample/spec.yaml", "clustertrain verify sample",
            "Test row 3, class 12: fooled into class 4", "class 12, 87.5%", "class 4, 62.5%", "change\u00a0×\u00a010", "Test row 5, class 0: holds",
            "1 of 2", SpecWriter.Write(SampleReport.Spec),
        ];
        Assert.All(figures, figure => Assert.Contains(figure, text, StringComparison.Ordinal));
        Assert.DoesNotContain("--resume", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Html_ClassesWithNames_AreCalledByThem()
    {
        var named = SampleReport.Completed with
        {
            Data = SampleReport.Completed.Data with { ClassNames = [.. Enumerable.Range(0, 13).Select(label => $"kind-{(char)('a' + label)}")] },
        };

        var text = Text(named);

        string[] figures = ["Test row 3, kind-m: fooled into kind-e", "kind-m, 87.5%", "kind-e, 62.5%", "kind-m2025.0%kind-e, 9", "kind-e30100.0%"];
        Assert.All(figures, figure => Assert.Contains(figure, text, StringComparison.Ordinal));
        Assert.True(text.IndexOf("kind-m2025.0%", StringComparison.Ordinal) < text.IndexOf("kind-a4095.0%", StringComparison.Ordinal), "those known least come first");
        Assert.DoesNotContain("class 1", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Html_OfAnInterruptedRun_ShowsWhatIsKnownAndHowToGoOn()
    {
        var text = Text(SampleReport.Interrupted);
        Assert.Contains("Interrupted after 1,000 steps", text, StringComparison.Ordinal);
        Assert.Contains("Clean validation accuracy82.0%", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Clean test accuracy", text, StringComparison.Ordinal);
        Assert.Contains(new string('b', 64), text, StringComparison.Ordinal);
        Assert.Contains("clustertrain train sample/spec.yaml --out sample --resume", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Html_OfARunStoppedEarly_SaysWhy()
    {
        var text = Text(SampleReport.Completed with { Summary = SampleReport.Completed.Summary with { Status = RunStatus.StoppedEarly, Epochs = 4.5 } });
        Assert.Contains("Stopped early after 4.5 of 5 epochs: the robust validation accuracy had not improved for 2 evaluations", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CollapseChoice.Warn, "Nothing was done about it")]
    [InlineData(CollapseChoice.LowerStep, "The attack's step was halved from there on.")]
    [InlineData(CollapseChoice.Stop, "Stopped after 4.5 of 5 epochs, since training collapsed.")]
    public void Html_OfACollapsedRun_SaysSoAndWhatFollowed(CollapseChoice choice, string consequence)
    {
        var (data, sample) = (SampleReport.Completed, SampleReport.Completed.Spec);
        var text = Text(data with
        {
            Spec = sample with { Adversarial = sample.Adversarial with { Collapse = choice } },
            Summary = data.Summary with { CollapsedAt = [500], Epochs = 4.5, Status = choice == CollapseChoice.Stop ? RunStatus.StoppedEarly : RunStatus.Completed },
        });

        Assert.Contains("Training on one step collapsed before epoch", text, StringComparison.Ordinal);
        Assert.Contains(consequence, text, StringComparison.Ordinal);
        Assert.DoesNotContain("Training on one step collapsed", Text(data), StringComparison.Ordinal);
    }

    [Fact]
    public void Html_WithoutAttack_SaysSoInsteadOfAFigure()
    {
        var text = Text(Variants["no attack"]);
        Assert.Contains("not measured: the spec names no test attack", text, StringComparison.Ordinal);
        Assert.Contains("this report's own attack", text, StringComparison.Ordinal);
        Assert.DoesNotContain("best: epoch", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Html_OfHostileTexts_EscapesThemAll()
    {
        const string hostile = "</title><script>alert('\"&')</script>";
        var data = SampleReport.Completed with
        {
            Spec = SampleReport.Spec with { Name = hostile, Data = new DataSpec { Name = hostile } },
            Summary = SampleReport.Completed.Summary with
            {
                Engine = hostile,
                Test = new TestScores(0.5, 0.5, hostile),
                Fingerprint = new RunFingerprint(hostile, hostile, hostile, hostile),
            },
            Evaluations = [.. SampleReport.Completed.Evaluations.Select(record => record with { Attack = hostile, Split = record.Split == "test" ? hostile : record.Split })],
            Gallery = SampleReport.Completed.Gallery! with { Attack = hostile },
            Commands = new ReportCommands(hostile, hostile, hostile),
        };
        var html = RunReport.Html(data);
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(hostile, XDocument.Parse(html).Root!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Html_MarksTheBestVersionInChartsAndTable()
    {
        var page = XDocument.Parse(RunReport.Html(SampleReport.Completed));
        Assert.Equal(2, page.Descendants("line").Count(line => line.Attribute("class")!.Value == "rule"));
        var kept = page.Descendants("tr").Where(row => row.Attribute("class")?.Value == "kept").ToList();
        Assert.Equal(3, kept.Count); // validation, train and test of the state that is kept
        Assert.Single(kept, row => row.Value.EndsWith("best", StringComparison.Ordinal));
    }

    /// <summary>Every coordinate lies in the picture, or a little outside.</summary>
    private static void AssertInside(XElement element)
    {
        string[] names = ["x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "d"];
        foreach (var attribute in element.Attributes().Where(attribute => names.Contains(attribute.Name.LocalName)))
        {
            foreach (Match number in Regex.Matches(attribute.Value, @"-?[0-9.]+"))
                Assert.InRange(double.Parse(number.Value, CultureInfo.InvariantCulture), -5, 445);
        }
    }

    private static string Text(ReportData data) => XDocument.Parse(RunReport.Html(data)).Root!.Element("body")!.Value;
}

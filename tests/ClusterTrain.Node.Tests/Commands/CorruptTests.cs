using System.Text.Json;
using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests.Commands;

public sealed class CorruptTests(FinishedRun finished) : IClassFixture<FinishedRun>
{
    [Fact]
    public void Evaluate_Corrupt_ReportsAccuracyAgainstSeverity()
    {
        var report = Json("--corrupt", "missing", "--corrupt", "noise");

        var tables = report.GetProperty("corruptions").EnumerateArray().ToList();
        Assert.Equal(["missing", "noise"], tables.Select(table => table.GetProperty("corruption").GetString()));
        foreach (var table in tables)
        {
            var figures = table.GetProperty("severities").EnumerateArray().ToList();
            Assert.Equal([0.1, 0.2, 0.3, 0.4, 0.5], figures.Select(figure => Number(figure, "severity")));
            Assert.All(figures, figure => Assert.InRange(Number(figure, "accuracy"), 0, 1));
            Assert.True(Number(figures[^1], "accuracy") < Number(report, "clean"), "half of the pixels mean nothing");
        }
    }

    [Fact]
    public void Evaluate_Workers_DoNotChangeTheFigures() => Assert.Equal(
        Json("--corrupt", "noise", "--workers", "1").GetRawText(), Json("--corrupt", "noise", "--workers", "3").GetRawText());

    [Fact]
    public void Evaluate_WithoutCorrupt_HasSmoothnessAndNoTable()
    {
        var report = Json();

        Assert.Empty(report.GetProperty("corruptions").EnumerateArray());
        Assert.InRange(Number(report, "inputGradientNorm"), 1e-6, 1e6);
    }

    [Fact]
    public void Evaluate_Text_ShowsATableForEachCorruption()
    {
        var lines = finished.Run("evaluate", "run", "--corrupt", "noise", "--corrupt", "missing").Gives(ExitCode.Done)
            .OutLines.Select(line => line.Trim()).ToList();

        foreach (var title in new[] { "Accuracy under Gaussian noise, standard deviation:", "Accuracy under missing pixels, share:" })
        {
            var at = lines.IndexOf(title);
            Assert.True(at > 0, title);
            for (var i = 1; i <= 5; i++) Assert.Matches($@"^0\.{i} +\d+\.\d%$", lines[at + i]);
        }

        Assert.Contains(lines, line => line.StartsWith("Mean norm of the loss's input gradient: ", StringComparison.Ordinal));
    }

    [Fact]
    public void Evaluate_UnknownCorruption_IsWrongInput() => Assert.Equal(
        ["error: --corrupt blur: allowed are noise and missing"],
        finished.Run("evaluate", "run", "--corrupt", "blur").Gives(ExitCode.WrongInput).ErrorLines);

    [Fact]
    public void Train_MeasuringTrainRows_WritesTheirAccuracyIntoTheCurve()
    {
        using var shell = new Shell();
        var run = shell.Train("run", "--set", "evaluation.train=true");

        var validations = run.JsonLines("metrics.jsonl").Where(line => line.GetProperty("split").GetString() == "validation").ToList();
        Assert.NotEmpty(validations);
        Assert.All(validations, line => Assert.InRange(Number(line, "trainAccuracy"), 0, 1));
        Assert.Equal(Number(run.Summary().GetProperty("train"), "accuracy"), Number(validations[^1], "trainAccuracy"));
        Assert.DoesNotContain("trainAccuracy", File.ReadAllText(finished.Files["metrics.jsonl"]), StringComparison.Ordinal);
    }

    private JsonElement Json(params string[] args) =>
        RunFiles.Parse(finished.Run(["evaluate", "run", "--json", .. args]).Gives(ExitCode.Done).Out);

    private static double Number(JsonElement json, string name) => json.GetProperty(name).GetDouble();
}

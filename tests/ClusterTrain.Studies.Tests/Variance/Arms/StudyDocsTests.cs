using ClusterTrain.Studies.Variance.Arms;

namespace ClusterTrain.Studies.Tests.Variance.Arms;

public sealed class StudyDocsTests
{
    /// <summary>Set to write the page instead of comparing it.</summary>
    private const string UpdateVariable = "CLUSTERTRAIN_UPDATE_DOCS";

    [Fact]
    public void Page_InTheRepository_IsUpToDate()
    {
        var file = Path.Combine(SpecText.Root(), "docs", "study.md");
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
            File.WriteAllText(file, StudyDocs.Markdown());

        Assert.True(
            File.Exists(file) && File.ReadAllText(file).ReplaceLineEndings("\n") == StudyDocs.Markdown(),
            $"docs/study.md is out of date: run this test with {UpdateVariable}=1 to write it anew.");
    }

    [Fact]
    public void Markdown_HasARowForEveryKey() => Assert.All(
        typeof(StudySpec).GetProperties().Where(property => property.CanWrite),
        property => Assert.Contains($"\n| `{char.ToLowerInvariant(property.Name[0])}{property.Name[1..]}` | ", StudyDocs.Markdown(), StringComparison.Ordinal));
}

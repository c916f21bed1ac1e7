using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Loading;

namespace ClusterTrain.Training.Tests.Specs;

public sealed class SpecDocsTests
{
    /// <summary>Set to write the page instead of comparing it.</summary>
    private const string UpdateVariable = "CLUSTERTRAIN_UPDATE_DOCS";

    [Fact]
    public void Page_InTheRepository_IsUpToDate()
    {
        var file = Path.Combine(SpecText.Root(), "docs", "spec.md");
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
            File.WriteAllText(file, SpecDocs.Markdown());

        Assert.True(
            File.Exists(file) && File.ReadAllText(file).ReplaceLineEndings("\n") == SpecDocs.Markdown(),
            $"docs/spec.md is out of date: run this test with {UpdateVariable}=1 to write it anew.");
    }

    [Fact]
    public void Markdown_HasARowForEveryKey()
    {
        var page = SpecDocs.Markdown();

        Assert.All(SpecSchema.Walk(new RunSpec()).Where(key => key.Path.Contains('.', StringComparison.Ordinal) || !key.Field.IsSection), key =>
            Assert.Contains($"\n| `{key.Path}` | ", page, StringComparison.Ordinal));
        Assert.Contains("| `epochs` | `10` | 1 to 100000 | epochs | Passes over the training rows |  |\n", page, StringComparison.Ordinal);
    }
}

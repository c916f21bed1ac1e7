using System.Text;
using ClusterTrain.Training.Specs;
using ClusterTrain.Training.Specs.Loading;

namespace ClusterTrain.Studies.Variance.Arms;

/// <summary>The reference page of a study's keys, made from the attributes that also drive reading and checking.</summary>
internal static class StudyDocs
{
    private const string Introduction = """
        # The study spec

        A study spec is a YAML file with everything that decides the numbers of `clustertrain variance`. Every key has a default,
        so a file holds only what differs. `dropout` and `plain` are [run specs](spec.md), written out or named by the path of a
        file, which starts from the study's folder. Any key can be changed on the command line: `--set members=8`,
        `--set dropout.epochs=3`. The problems of a study are reported all at once, before anything starts.

        """;

    /// <summary>The whole page, <c>docs/study.md</c>.</summary>
    public static string Markdown()
    {
        var page = new StringBuilder(Introduction);
        var keys = SpecSchema.Walk(new StudySpec()).Where(key => !key.Path.Contains('.', StringComparison.Ordinal));
        SpecDocs.WriteTable(page, "Keys", "", keys);
        page.Append("\n## Checks across keys\n\n");
        foreach (var rule in StudyRules.All) page.Append("- ").Append(rule.Meaning).Append(".\n");
        return page.ToString().ReplaceLineEndings("\n");
    }
}

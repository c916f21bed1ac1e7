using ClusterTrain.Runs.Reports.Content;
using ClusterTrain.Runs.Reports.Pages;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Data.Drawing;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Runs.Reports.Sections;

/// <summary>Where the result comes from, and how to get it again.</summary>
internal static class OriginSection
{
    public static Html Of(ReportData data) => Html.Of($"""
        <section><h2>How to reproduce it</h2>
        <p>Train again from the spec and compare the state hash, or have steps of this run's ledger executed again:</p>
        <pre>{data.Commands.Reproduce}
        {data.Commands.Verify}</pre>
        {Needs(data)}{Resume(data)}
        <p>Equal state hashes mean that every weight and every number of the optimizer's state is the same to the last bit; with an equal fingerprint they must be equal, whatever the number of workers, the engine, and the interruptions on the way.</p>
        <h3>Fingerprint</h3>
        <dl class="facts">
        {Fact("Math", Html.Of($"{data.Summary.Fingerprint.Math} <code>{data.Summary.Fingerprint.MathVersion}</code>"))}
        {Fact("Seed", Html.Of($"{data.Spec.Seed}"))}
        {Fact("Data, SHA-256", Hash(data.Summary.Fingerprint.Data))}
        {Fact("Spec, SHA-256", Hash(data.Summary.Fingerprint.Spec))}
        {Fact("State, SHA-256", Hash(data.Summary.StateHash))}
        {Fact("Ledger's last line, SHA-256", Hash(data.Summary.LedgerHead))}
        </dl>
        <details><summary>Spec, with every default filled in</summary>
        <pre>{SpecWriter.Write(data.Spec)}</pre></details>
        </section>
        """);

    private static Html Needs(ReportData data)
    {
        string[] sets = [.. new[] { data.Spec.Data.Name, data.Spec.Data.Extra }.Where(name => name.Length > 0 && name != Glyphs.Name)];
        return sets.Length == 0 ? Html.None : Html.Of($"""
            <p class="soft">Needs the data set <code>{string.Join(" and ", sets)}</code> as a folder of that name in DATA.</p>
            """);
    }

    private static Html Resume(ReportData data) => data.Commands.Resume is not { } command ? Html.None : Html.Of($"""
        <p>The run was interrupted. To finish it, to the same bits as without the interruption:</p>
        <pre>{command}</pre>
        """);

    private static Html Fact(string name, Html value) => Html.Of($"<dt>{name}</dt><dd>{value}</dd>\n");

    private static Html Hash(string hash) => Html.Of($"""<code class="hash">{hash}</code>""");
}

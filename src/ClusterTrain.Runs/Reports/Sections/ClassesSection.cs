using ClusterTrain.Runs.Reports.Content;
using ClusterTrain.Runs.Reports.Pages;
using ClusterTrain.Runs.Results;

namespace ClusterTrain.Runs.Reports.Sections;

/// <summary>Which classes the network knows, and what it takes them for.</summary>
internal static class ClassesSection
{
    private const int MostClasses = 20;

    public static Html Of(ReportData data)
    {
        if (data.Tallies.Count == 0) return Html.None;
        var shown = data.Tallies.OrderBy(tally => tally.Right / (double)tally.Rows).ThenBy(tally => tally.Class).Take(MostClasses);
        var which = data.Tallies.Count > MostClasses ? $"the {MostClasses} classes that it knows least" : "those that it knows least first";
        var rows = data.Tallies.Sum(tally => tally.Rows);
        return Html.Of($"""
            <section><h2>Classes</h2>
            <p class="soft">What the kept state says of {Figures.Plural(rows, "clean test row")}{Words.FirstRows(rows, data.Data.TestRows)}: {which}.</p>
            <div class="scroll" tabindex="0" role="region" aria-label="Classes"><table>
            <thead><tr><th scope="col" class="word">Class</th><th scope="col">Rows</th><th scope="col">Right</th><th scope="col" class="word">Most often taken for</th></tr></thead>
            <tbody>
            {shown.Select(tally => Row(data.Data, tally))}</tbody></table></div>
            </section>
            """);
    }

    private static Html Row(DataFacts data, ClassTally tally) => Html.Of($"""
        <tr><td class="word">{data.Called(tally.Class)}</td><td>{Figures.Count(tally.Rows)}</td><td>{Figures.Percent(tally.Right / (double)tally.Rows)}</td><td class="word">{(tally.TakenFor is { } other ? $"{data.Called(other)}, {Figures.Count(tally.Times)}" : "")}</td></tr>

        """);
}

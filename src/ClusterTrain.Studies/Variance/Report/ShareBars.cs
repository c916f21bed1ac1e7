using ClusterTrain.Runs.Reports.Pages;
using ClusterTrain.Studies.Variance.Arms;

namespace ClusterTrain.Studies.Variance.Report;

/// <summary>The error of one member of each arm, and what it is made of.</summary>
internal static class ShareBars
{
    private const double Row = 52;
    private const double Top = 40;
    private const double Bar = 18;

    private static readonly (string Name, string Pattern, int Color)[] Parts =
        [("bias² and noise", "solid", 1), ("sampling variance", "slant", 3), ("optimization variance", "dots", 2)];

    public static Html Of(IReadOnlyList<ArmResult> arms)
    {
        var known = arms.Where(arm => arm.Moments is not null).ToList();
        var isSplit = known.All(arm => arm.Moments!.BiasAndNoise is not null);
        var parts = isSplit ? Parts : [("shared: C", "solid", 1), Parts[2]];
        var largest = known.Select(arm => arm.Moments!.V.Value).DefaultIfEmpty(1).Max();
        var height = Top + (known.Count * Row);
        return Html.Of($"""
            <svg class="mini" viewBox="0 0 {PlotFrame.Width} {height}" role="img" aria-label="Shares of the error, arm by arm: the numbers stand below each bar">
            <defs>{Patterns()}</defs>
            {parts.Select((part, i) => Key(part, i == 0 ? 0 : i == 1 ? 106 : 224))}
            {known.Select((arm, i) => Arm(arm, isSplit, Top + (i * Row), (PlotFrame.Width - 2) / largest))}
            </svg>
            """);
    }

    private static Html Patterns() => Html.Of($"""
        <pattern id="slant" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="ground" width="6" height="6"/><rect class="f3" width="3" height="6"/></pattern><pattern id="dots" width="5" height="5" patternUnits="userSpaceOnUse"><rect class="ground" width="5" height="5"/><circle class="f2" cx="2.5" cy="2.5" r="1.7"/></pattern>
        """);

    private static Html Key((string Name, string Pattern, int Color) part, double x) => Html.Of($"""
        {Rect(part.Pattern, part.Color, x, 2, 13, 13)}<text x="{x + 18}" y="13" style="font-size:10.5px">{part.Name}</text>
        """);

    private static Html Arm(ArmResult arm, bool isSplit, double y, double scale)
    {
        var moments = arm.Moments!;
        var shares = isSplit
            ? [moments.BiasAndNoise!.Value, moments.Sampling!.Value, moments.Optimization.Value]
            : new[] { moments.C.Value, moments.Optimization.Value };
        var parts = isSplit ? Parts : [Parts[0], Parts[2]];
        var pieces = new List<Html>();
        var x = 0.0;
        for (var i = 0; i < shares.Length; i++)
        {
            // An unbiased estimate may fall below zero: there is nothing to draw then, and the number says so.
            var width = Math.Max(0, shares[i]) * scale;
            pieces.Add(Rect(parts[i].Pattern, parts[i].Color, x, y, width, Bar));
            x += width;
        }

        var numbers = string.Join(" + ", shares.Select(Verdict.Plain));
        return Html.Of($"""
            <text class="name ink" x="0" y="{y - 5}">{arm.Id}: {arm.Title}</text>{pieces}<text x="0" y="{y + Bar + 12}" style="font-size:10.5px">{numbers} = V {Verdict.Plain(moments.V.Value)}</text>
            """);
    }

    private static Html Rect(string pattern, int color, double x, double y, double width, double height) => pattern == "solid"
        ? Html.Of($"""<rect class="f{color}" x="{x}" y="{y}" width="{width}" height="{height}"/>""")
        : Html.Of($"""<rect fill="url(#{pattern})" class="k{color}" stroke-width="1" x="{x}" y="{y}" width="{width}" height="{height}"/>""");
}

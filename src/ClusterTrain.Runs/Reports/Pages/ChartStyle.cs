namespace ClusterTrain.Runs.Reports.Pages;

/// <summary>
/// The style sheet of charts. Colours are of Okabe and Ito (2008), which people with any colour vision tell apart; each
/// scheme takes those with contrast on its ground. Texts take a darker shade where the colour alone is below 4.5 to 1.
/// </summary>
internal static class ChartStyle
{
    public const string Light =
        "--c1:#0072b2;--c2:#d55e00;--c3:#009e73;--c4:#cc79a7;--t1:#00639b;--t2:#a84a00;--t3:#00745a;--t4:#96487a;--grid:#e3e6ea;--axis:#8a929c;";

    public const string Dark =
        "--c1:#56b4e9;--c2:#e69f00;--c3:#2fc79b;--c4:#dd9ec0;--t1:#7cc5ef;--t2:#f0b435;--t3:#4fd3ac;--t4:#e6b3cf;--grid:#2b323b;--axis:#78828e;";

    /// <summary>Wants the variables of one scheme, <c>--ink</c>, <c>--soft</c> and <c>--ground</c>.</summary>
    public const string Css = """
        svg.chart{display:block;width:100%;max-width:34rem;height:auto;overflow:visible}
        .chart text{font-size:13px;fill:var(--soft)}
        .chart .grid{stroke:var(--grid);stroke-width:1}
        .chart .axis{stroke:var(--axis);stroke-width:1}
        .chart .rule{stroke:var(--soft);stroke-width:1;stroke-dasharray:3 3}
        .chart .line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
        .chart .band{stroke:none;fill-opacity:.18}
        .chart .mark{stroke:var(--ground);stroke-width:1.5}
        .chart .lead{stroke-width:1;opacity:.6}
        .chart .name{font-weight:600}
        .chart .note{fill:var(--ink)}
        .line.c1,.lead.c1{stroke:var(--c1)}.line.c2,.lead.c2{stroke:var(--c2)}
        .line.c3,.lead.c3{stroke:var(--c3)}.line.c4,.lead.c4{stroke:var(--c4)}
        .band.c1,.mark.c1{fill:var(--c1)}.band.c2,.mark.c2{fill:var(--c2)}
        .band.c3,.mark.c3{fill:var(--c3)}.band.c4,.mark.c4{fill:var(--c4)}
        .chart text.c1{fill:var(--t1)}.chart text.c2{fill:var(--t2)}
        .chart text.c3{fill:var(--t3)}.chart text.c4{fill:var(--t4)}

        """;
}

namespace ClusterTrain.Studies.Variance.Report;

/// <summary>What the page needs beside the style of all pages.</summary>
internal static class VarianceStyle
{
    /// <summary>Holds neither '&lt;' nor '&amp;', so that it may stand in XML.</summary>
    public const string Css = """
        .verdict{font-size:1.05rem;border-left:4px solid var(--link);padding:.1rem 0 .1rem 1rem;margin:.75rem 0;max-width:50rem}
        .many+h3,ul+h3{margin-top:1.75rem}
        ul.plain{padding-left:1.2rem;max-width:50rem}
        ul.plain li{margin:.45rem 0}
        .many{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,18.5rem),1fr));gap:1.75rem 2rem;margin-top:1rem}
        .wide{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:2rem;margin-top:1rem}
        svg.mini{display:block;width:100%;height:auto;overflow:visible}
        .many svg.mini{max-width:24rem}
        .wide svg.mini{max-width:32rem}
        .mini .zero{stroke:var(--ink);stroke-width:1.5}
        .mini text{font-size:12px;fill:var(--soft)}
        .mini .grid{stroke:var(--grid);stroke-width:1}
        .mini .axis{stroke:var(--axis);stroke-width:1;fill:none}
        .mini .path{fill:none;stroke-width:2;stroke-linejoin:round}
        .mini .bar{stroke-width:1.5}
        .mini .mark{stroke-width:1.5}
        .mini .lead{stroke-width:1;opacity:.6}
        .mini text.name{font-weight:600}
        .mini .k1{stroke:var(--c1)}.mini .k2{stroke:var(--c2)}.mini .k3{stroke:var(--c3)}.mini .k4{stroke:var(--c4)}.mini .k5{stroke:var(--soft)}
        .mini .f1{fill:var(--c1)}.mini .f2{fill:var(--c2)}.mini .f3{fill:var(--c3)}.mini .f4{fill:var(--c4)}.mini .f5{fill:var(--soft)}.mini .f0{fill:var(--ground)}
        .mini text.x1{fill:var(--t1)}.mini text.x2{fill:var(--t2)}.mini text.x3{fill:var(--t3)}.mini text.x4{fill:var(--t4)}.mini text.x5{fill:var(--soft)}.mini text.ink{fill:var(--ink)}
        .mini .ground{fill:var(--ground)}
        .mini .edge{fill:none;stroke:var(--ground);stroke-width:1.5}
        .matrices{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,10.5rem),1fr));gap:1.5rem;margin-top:1rem}
        .matrices img{display:block;width:100%;max-width:14rem;height:auto;image-rendering:pixelated;border:1px solid var(--edge)}
        .matrices .ramp{height:.6rem;max-width:14rem;margin-top:.4rem;border:1px solid var(--edge);background:linear-gradient(to right,#f7fbff,#0072b2,#00263d)}
        .matrices .ends{display:flex;justify-content:space-between;max-width:14rem;font-size:.8125rem;color:var(--soft);font-variant-numeric:tabular-nums}
        td .range{color:var(--soft);font-size:.8125rem}
        table caption{text-align:left;font-weight:600;padding:.25rem 0;caption-side:top}
        .scroll{margin:1rem 0 1.75rem}
        math,.formula{font-family:"STIX Two Math","Cambria Math",Georgia,serif;font-size:1.1rem}
        .formula{margin:.6rem 0 .6rem 1rem}
        @media print{.many{grid-template-columns:1fr 1fr}.wide{grid-template-columns:1fr 1fr}.matrices{grid-template-columns:repeat(4,1fr)}.scroll{overflow:visible}.scroll table{font-size:7.5pt;min-width:0}th,td{padding-right:.5rem;white-space:normal}td .range{display:block;font-size:6.5pt}.scroll,li{break-inside:avoid}}

        """;
}

namespace ClusterTrain.Runs.Reports.Pages;

/// <summary>The style sheet of reports: light and dark, screen, phone and paper.</summary>
internal static class PageStyle
{
    private const string Light =
        "--ground:#fff;--panel:#f6f7f9;--ink:#16191d;--soft:#545c66;--edge:#d9dde3;--good:#00745a;--bad:#a84a00;--link:#00639b;" + ChartStyle.Light;

    private const string Dark =
        "--ground:#12161b;--panel:#1b2128;--ink:#e8ebef;--soft:#a7b0bb;--edge:#333b45;--good:#4fd3ac;--bad:#f0b435;--link:#7cc5ef;" + ChartStyle.Dark;

    /// <summary>Holds neither '&lt;' nor '&amp;', so that it may stand in XML.</summary>
    public const string Css = ":root{color-scheme:light dark;" + Light + "}\n"
        + "@media screen and (prefers-color-scheme:dark){:root{" + Dark + "}}\n"
        + Layout + ChartStyle.Css + Paper;

    private const string Layout = """
        *{box-sizing:border-box}
        body{margin:0 auto;padding:2rem 1rem 3rem;max-width:66rem;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;-webkit-text-size-adjust:100%}
        h1{font-size:1.9rem;line-height:1.2;margin:0 0 .25rem;overflow-wrap:anywhere}
        h2{font-size:1.25rem;margin:2.75rem 0 .5rem;padding-top:1rem;border-top:1px solid var(--edge)}
        h3{font-size:1rem;margin:0 0 .5rem}
        dl+h3,p+h3{margin-top:1.5rem}
        p{margin:.4rem 0;max-width:46rem}
        .soft{color:var(--soft)}
        .status{font-size:1.05rem}
        .good{color:var(--good)}
        .bad{color:var(--bad)}
        code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.875rem}
        code.hash{overflow-wrap:anywhere}
        pre{background:var(--panel);border:1px solid var(--edge);border-radius:6px;padding:.75rem 1rem;overflow-x:auto;margin:.5rem 0}
        .figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(11.5rem,1fr));gap:.75rem;margin:1.5rem 0 0;padding:0}
        .figures div{background:var(--panel);border:1px solid var(--edge);border-radius:6px;padding:.7rem .9rem;display:flex;flex-direction:column}
        .figures dt{font-size:.875rem;color:var(--soft)}
        .figures dd{margin:0;font-size:1.7rem;line-height:1.3;font-weight:600;font-variant-numeric:tabular-nums}
        .figures dd.more{font-size:.875rem;font-weight:400;color:var(--soft);line-height:1.4}
        .figures .wide{grid-column:1/-1}
        .figures .wide code{font-size:1.25rem}
        .figures .wide .more code{font-size:.875rem}
        .curves{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,25rem),1fr));gap:2rem 2.5rem;margin-top:1rem}
        figure{margin:0}
        figcaption{font-size:.875rem;color:var(--soft);margin-top:.5rem}
        .scroll{overflow-x:auto}
        table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.9375rem;min-width:34rem}
        th,td{text-align:right;padding:.3rem .9rem .3rem 0;border-bottom:1px solid var(--edge);white-space:nowrap}
        th{font-weight:600;color:var(--soft);vertical-align:bottom}
        th.word,td.word{text-align:left}
        tr.kept td{font-weight:600}
        .samples{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,17.5rem),1fr));gap:1rem;margin:1rem 0;padding:0;list-style:none}
        .samples li{border:1px solid var(--edge);border-radius:6px;padding:.7rem;break-inside:avoid}
        .samples p{margin:0 0 .5rem;font-size:.875rem}
        .triple{display:grid;grid-template-columns:1fr 1fr 1fr;gap:.5rem}
        .triple img{display:block;width:100%;height:auto;max-height:14rem;object-fit:contain;image-rendering:pixelated}
        .triple figcaption{margin-top:.25rem;font-size:.8125rem;line-height:1.35;font-variant-numeric:tabular-nums}
        dl.facts{display:grid;grid-template-columns:max-content 1fr;gap:.3rem 1.25rem;margin:.75rem 0}
        .facts dt{color:var(--soft)}
        .facts dd{margin:0;min-width:0;overflow-wrap:anywhere}
        summary{cursor:pointer;font-weight:600;padding:.25rem 0;color:var(--link)}
        :focus-visible{outline:2px solid var(--link);outline-offset:2px}
        @media (max-width:30rem){body{padding-top:1.25rem}.figures{grid-template-columns:1fr 1fr}.figures dd{font-size:1.4rem}.figures div:nth-child(5){grid-column:1/-1}table{font-size:.8125rem;min-width:0}th{white-space:normal}th,td{padding-right:.6rem}dl.facts{grid-template-columns:1fr;gap:0}.facts dd{margin-bottom:.5rem}}

        """;

    private const string Paper = """
        @media print{body{padding:0;max-width:none;font-size:11pt}h2{break-after:avoid}figure,.figures div{break-inside:avoid}pre{white-space:pre-wrap}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}.curves{grid-template-columns:1fr 1fr}}

        """;
}

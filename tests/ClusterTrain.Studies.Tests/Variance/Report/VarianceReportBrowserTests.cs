using Microsoft.Playwright;

namespace ClusterTrain.Studies.Tests.Variance.Report;

/// <summary>The page in a real browser; skipped, and counted, where there is none.</summary>
public sealed class VarianceReportBrowserTests : IClassFixture<SampleStudy>, IClassFixture<Browser>
{
    /// <summary>Contrast of every text against what is painted behind it (WCAG 2.2, 1.4.3); texts that fail, a line each.</summary>
    private const string Contrast = """
        () => {
          const rgb = text => (text.match(/[\d.]+/g) || [0, 0, 0, 0]).map(Number);
          const light = ([r, g, b]) => { const f = v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }; return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b); };
          const behind = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0.5) return c; } return [255, 255, 255]; };
          const bad = [];
          for (const e of document.querySelectorAll('body *')) {
            const own = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
            if (!own || e.closest('title, defs, style, details:not([open]) > :not(summary)')) continue;
            const style = getComputedStyle(e);
            const [a, b] = [light(rgb(e.namespaceURI.endsWith('svg') ? style.fill : style.color)), light(behind(e))];
            const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            if (ratio < 4.5) bad.push(`${e.tagName} '${e.textContent.trim().slice(0, 30)}' ${ratio.toFixed(2)}`);
          }
          return bad;
        }
        """;

    private readonly SampleStudy _sample;
    private readonly Browser _browser;

    public VarianceReportBrowserTests(SampleStudy sample, Browser browser) => (_sample, _browser) = (sample, browser);

    [Theory]
    [InlineData(1200, ColorScheme.Light)]
    [InlineData(1200, ColorScheme.Dark)]
    [InlineData(360, ColorScheme.Light)]
    [InlineData(360, ColorScheme.Dark)]
    public async Task Page_AnyWidthAndScheme_FitsWithoutErrorsAndIsReadable(int width, ColorScheme scheme)
    {
        var said = new List<string>();
        var page = await _browser.Open(width, scheme);
        page.Console += (_, message) => said.Add(message.Text);
        page.PageError += (_, error) => said.Add(error);
        page.Request += (_, request) => { if (!request.Url.StartsWith("data:", StringComparison.Ordinal)) said.Add(request.Url); };
        await page.SetContentAsync(_sample.Page);

        Assert.Empty(said);
        Assert.Equal(width, await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));
        Assert.Equal(Studies.Variance.Report.VarianceReport.Sections, await page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('section')].filter(s => s.offsetHeight > 40).map(s => s.id)"));
        Assert.Empty(await page.EvaluateAsync<string[]>(Contrast));
        Assert.Equal(9, await page.EvaluateAsync<int>("() => [...document.images].filter(i => i.naturalWidth > 0).length"));
        await page.CloseAsync();
    }

    [Theory]
    [InlineData(1200)]
    [InlineData(360)]
    public async Task Charts_AnyWidth_KeepTextsApartAndInside(int width)
    {
        var page = await _browser.Open(width, ColorScheme.Light);
        await page.SetContentAsync(_sample.Page);

        var bad = await page.EvaluateAsync<string[]>("""
            () => [...document.querySelectorAll('svg.mini')].flatMap(svg => {
              const texts = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]);
              const found = texts.filter(([, r]) => r.left < -1 || r.right > innerWidth + 1).map(([t]) => 'outside: ' + t);
              for (let i = 0; i < texts.length; i++) for (let j = 0; j < i; j++) {
                const [a, b] = [texts[i][1], texts[j][1]];
                const across = Math.min(a.right, b.right) - Math.max(a.left, b.left), down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
                if (across > 1 && down > Math.min(a.height, b.height) * 0.35) found.push(`'${texts[i][0]}' over '${texts[j][0]}'`);
              }
              return found;
            })
            """);

        Assert.Empty(bad);
        await page.CloseAsync();
    }

    [Fact]
    public async Task Page_InPrint_HasLightGroundAndAllItsTables()
    {
        var page = await _browser.Open(800, ColorScheme.Dark);
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print, ColorScheme = ColorScheme.Dark });
        await page.SetContentAsync(_sample.Page);

        Assert.Equal("rgb(255, 255, 255)", await page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor"));
        Assert.Empty(await page.EvaluateAsync<string[]>(Contrast));
        Assert.Equal(0, await page.EvaluateAsync<int>("() => [...document.querySelectorAll('.scroll')].filter(s => s.scrollWidth > s.clientWidth + 1).length"));
        await page.CloseAsync();
    }
}

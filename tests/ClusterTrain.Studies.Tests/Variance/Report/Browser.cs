using Microsoft.Playwright;

namespace ClusterTrain.Studies.Tests.Variance.Report;

/// <summary>Chromium as this machine has it, started once for a class of tests.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] Places =
        [Environment.GetEnvironmentVariable("CLUSTERTRAIN_CHROMIUM") ?? "", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        if (Places.FirstOrDefault(File.Exists) is not { } place) return;
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = place, Args = ["--no-sandbox"] });
    }

    /// <summary>An empty page; skips the test where there is no browser.</summary>
    public async Task<IPage> Open(int width, ColorScheme scheme)
    {
        if (_browser is null) Assert.Skip("no Chromium on this machine; CLUSTERTRAIN_CHROMIUM may name one");
        return await _browser!.NewPageAsync(new BrowserNewPageOptions { ViewportSize = new ViewportSize { Width = width, Height = 800 }, ColorScheme = scheme });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.CloseAsync();
        _playwright?.Dispose();
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using ClusterTrain.Cluster.Plane;
using ClusterTrain.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ClusterTrain.Cluster.Tests.Plane;

/// <summary>
/// A page of another site in a real browser, which tries all that a page can send at a plane that asks for no secret, so that nothing but
/// Host, Origin and what browsers say of a page's site is in its way. The same page, sent at a server that asks for nothing, gets through
/// by every one of its ways: without that, a browser that sends nothing would look like a plane that refuses.
/// </summary>
public sealed class HostilePageTests
{
    private const string Script = """
        const later = ms => new Promise(done => setTimeout(done, ms));
        const add = (name, values) => document.body.appendChild(Object.assign(document.createElement(name), values));
        const form = (method, to) => {
          add('iframe', { name: to });
          const form = add('form', { action: to, method: method, target: to });
          form.appendChild(Object.assign(document.createElement('input'), { name: 'name', value: 'x' }));
          form.submit();
        };
        const ways = {
          fetch: to => fetch(to, { method: 'POST', mode: 'no-cors', body: 'name: x' }),
          read: to => fetch(to, { mode: 'no-cors', credentials: 'include' }),
          preflight: to => fetch(to, { method: 'PUT', headers: { Authorization: 'Bearer x' } }),
          beacon: to => navigator.sendBeacon(to, 'name: x'),
          form: to => form('post', to),
          link: to => add('iframe', { src: to }),
          image: to => add('img', { src: to }),
          script: to => add('script', { src: to }),
          events: to => new EventSource(to),
          socket: to => new WebSocket(to.replace('http', 'ws')),
        };
        (async () => {
          for (const target of TARGETS)
            for (const way in ways)
              try { await ways[way](`${target}/submit/${way}`); } catch { }
          await later(500);
          await fetch('/done', { method: 'POST' });
        })();
        """;

    private static readonly string[] Ways = ["fetch", "read", "preflight", "beacon", "form", "link", "image", "script", "events", "socket"];

    private static readonly string? Chromium = new[]
    {
        Environment.GetEnvironmentVariable("CLUSTERTRAIN_CHROMIUM") ?? "", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome",
    }.FirstOrDefault(File.Exists);

    [Theory]
    [InlineData("evil.example")]
    [InlineData("127.0.0.1")]
    public async Task Page_OfAnotherSite_ReachesNothingByAnyWay(string site)
    {
        if (Chromium is null) Assert.Skip("no Chromium on this machine; CLUSTERTRAIN_CHROMIUM may name one");
        var reached = new ConcurrentBag<string>();
        using var plane = PlaneHost.Start(TestPlane.Options with { Secret = null, AllowPlaintext = true }, new RecordingStore(1), routes => routes.Map("/{**path}", (HttpContext http) => reached.Add(http.Request.Path)));
        var taken = new ConcurrentDictionary<string, bool>();
        await using var open = await Serve(http => taken[Path.GetFileName(http.Request.Path)] = true);
        var port = new Uri(plane.Address).Port;
        string[] targets = [$"http://127.0.0.1:{port}", $"http://localhost:{port}", $"http://evil.example:{port}", open.Urls.Single()];
        var done = new TaskCompletionSource();
        await using var page = await Serve(http =>
        {
            if (http.Request.Path == "/done") done.TrySetResult();
        }, $"<body><script>{Script.Replace("TARGETS", $"['{string.Join("','", targets)}']", StringComparison.Ordinal)}</script>");

        await Visit($"http://{site}:{new Uri(page.Urls.Single()).Port}/", done.Task);

        Assert.Equal(Ways.Order(), taken.Keys.Order());
        Assert.Empty(reached);
    }

    private static async Task<WebApplication> Serve(Action<HttpContext> take, string html = "")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(http =>
        {
            take(http);
            http.Response.ContentType = "text/html";
            return http.Response.WriteAsync(html);
        });
        await app.StartAsync();
        return app;
    }

    private static async Task Visit(string address, Task until)
    {
        using var profile = new TemporaryFolder();
        using var browser = Process.Start(new ProcessStartInfo(
            Chromium!,
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", $"--user-data-dir={profile.FullPath}",
                "--host-resolver-rules=MAP *.example 127.0.0.1", "--remote-debugging-port=0", address,
            ]) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
        var said = browser.StandardError.ReadToEndAsync();
        try
        {
            await until.WaitAsync(TimeSpan.FromMinutes(1));
        }
        catch (TimeoutException)
        {
            browser.Kill(entireProcessTree: true);
            Assert.Fail($"the page did not come to its end; the browser says: {await said}");
        }
        finally
        {
            browser.Kill(entireProcessTree: true);
            await browser.WaitForExitAsync();
        }
    }
}

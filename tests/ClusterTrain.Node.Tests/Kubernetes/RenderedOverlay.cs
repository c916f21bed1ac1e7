using System.Collections.Concurrent;
using System.Diagnostics;

namespace ClusterTrain.Node.Tests.Kubernetes;

/// <summary>An overlay as <c>kubectl kustomize</c> renders it.</summary>
internal static class RenderedOverlay
{
    private static readonly ConcurrentDictionary<string, Lazy<string>> Rendered = new(StringComparer.Ordinal);

    /// <summary>Rendered once for all tests; skips the test where there is no kubectl.</summary>
    public static string Of(string name) => Rendered.GetOrAdd(name, _ => new Lazy<string>(() => Render(name))).Value;

    private static string Render(string name)
    {
        try
        {
            using var kubectl = Process.Start(new ProcessStartInfo("kubectl", ["kustomize", Path.Combine(Repository.Root, "k8s/overlays", name)])
            {
                UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
            var (output, error) = (kubectl.StandardOutput.ReadToEndAsync(), kubectl.StandardError.ReadToEndAsync());
            kubectl.WaitForExit();
            Assert.True(kubectl.ExitCode == 0, error.Result);
            Assert.DoesNotContain("deprecated", error.Result, StringComparison.OrdinalIgnoreCase);
            return output.Result;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("kubectl, which renders the manifests, is not installed");
            throw;
        }
    }
}

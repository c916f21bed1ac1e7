using System.Diagnostics;

namespace ClusterTrain.Node.Tests.Kubernetes;

/// <summary>An overlay as <c>kubectl kustomize</c> renders it.</summary>
internal static class RenderedOverlay
{
    public static string Of(string name)
    {
        try
        {
            using var kubectl = Process.Start(new ProcessStartInfo("kubectl", ["kustomize", Path.Combine(Architecture.Repository.Root, "k8s/overlays", name)])
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

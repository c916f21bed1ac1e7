using System.Text.RegularExpressions;

namespace ClusterTrain.Node.Tests.Kubernetes;

public sealed class ManifestTests
{
    public static TheoryData<string> Overlays => new("local", "production");

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Overlay_Rendered_HasNoProblem(string overlay) =>
        Assert.Empty(ManifestChecks.Problems(Yaml.Documents(RenderedOverlay.Of(overlay))));

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Overlay_Rendered_HasAllParts(string overlay)
    {
        var titles = Yaml.Documents(RenderedOverlay.Of(overlay)).Select(item => item.Title()).ToList();

        string[] parts =
        [
            "StatefulSet/clustertrain-server", "Deployment/clustertrain-trainer", "Deployment/clustertrain-adversary", "Service/clustertrain-server",
            "Service/clustertrain", "PodDisruptionBudget/clustertrain-server", "NetworkPolicy/clustertrain", "ServiceAccount/clustertrain",
            "PersistentVolumeClaim/clustertrain-runs", "PersistentVolumeClaim/clustertrain-data",
        ];
        Assert.Subset(titles.ToHashSet(), parts.ToHashSet());
        Assert.Single(titles, title => title.StartsWith("ConfigMap/clustertrain-config", StringComparison.Ordinal));
        Assert.Equal(overlay == "production", titles.Contains("HorizontalPodAutoscaler/clustertrain-trainer"));
    }
}

using k8s;

namespace ClusterTrain.Node.Tests.Kubernetes;

public sealed class ManifestTests
{
    public static TheoryData<string> Overlays => new("local", "production");

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Overlay_Rendered_HasNoProblem(string overlay) =>
        Assert.Empty(ManifestChecks.Problems(Yaml.Documents(RenderedOverlay.Of(overlay))));

    /// <summary>As the API server reads them: a field that it does not know, or of another type, is an error. Kinds of other makers are left to <see cref="FieldChecks"/>.</summary>
    [Theory]
    [InlineData("local")]
    [InlineData("production")]
    [InlineData("job")]
    [InlineData("data")]
    public void Overlay_Rendered_DeserializesStrictly(string overlay)
    {
        var rendered = RenderedOverlay.Of(overlay);
        var own = string.Join("\n---\n", rendered.Split("\n---\n").Where(text => !text.Contains("monitoring.coreos.com", StringComparison.Ordinal)));

        var objects = KubernetesYaml.LoadAllFromString(own, strict: true);

        Assert.Equal(Yaml.Documents(own).Select(item => item.Text("kind")), objects.Select(item => ((IKubernetesObject)item).Kind));
        Assert.ThrowsAny<YamlDotNet.Core.YamlException>(() => KubernetesYaml.LoadAllFromString(own.Replace("metadata:", "metadatum:", StringComparison.Ordinal), strict: true));
    }

    [Theory]
    [InlineData("job", "Job/clustertrain-job", "train /etc/clustertrain-spec/spec.yaml --data /data --out /runs/job --go-on")]
    [InlineData("data", "Job/clustertrain-data", "data fetch fashion-mnist --data /data")]
    public void Job_Rendered_HasNoProblemAndWordsThatTheProgramKnows(string overlay, string title, string words)
    {
        var objects = Yaml.Documents(RenderedOverlay.Of(overlay));
        string[] problems = [.. FieldChecks.Problems(objects), .. ReferenceChecks.Problems(objects), .. SecurityChecks.Problems(objects)];
        Assert.Empty(problems);

        var container = objects.Single(item => item.Title() == title).At("spec.template.spec").List("containers").Single();
        string[] args = [.. container.List("args").Select(arg => $"{arg}")];
        Assert.Equal(words, string.Join(' ', args));
        using var shell = new Shell();
        shell.Run([args[0], "--help"]).Gives(Node.Cli.ExitCode.Done);
        Assert.All(args.Where(arg => arg.StartsWith("--", StringComparison.Ordinal)), option =>
            Assert.Contains(option, shell.Run([.. args.Take(args[0] == "data" ? 2 : 1), "--help"]).Out, StringComparison.Ordinal));
    }

    /// <summary>What the overlay <c>job</c> does, without Kubernetes: begun, ended amid its work, started again by the same words.</summary>
    [Fact]
    public void Train_GoOn_BeginsThenGoesOnThenIsOver()
    {
        using var shell = new Shell();
        shell.Write("tiny.yaml", TinySpec.Text);
        string[] words = ["train", "tiny.yaml", "--out", "runs/job", "--go-on"];

        shell.RunUntil("epoch     1/2", words).Gives(Node.Cli.ExitCode.Interrupted);
        shell.Run(words).Gives(Node.Cli.ExitCode.Done);
        Assert.Contains("complete already", shell.Run(words).Gives(Node.Cli.ExitCode.Done).Out, StringComparison.Ordinal);
        Assert.Contains("--out DIR", shell.Run("train", "tiny.yaml", "--go-on").Gives(Node.Cli.ExitCode.WrongInput).Error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Overlay_Rendered_HasAllParts(string overlay)
    {
        var titles = Yaml.Documents(RenderedOverlay.Of(overlay)).Select(item => item.Title()).ToList();

        string[] parts =
        [
            "StatefulSet/clustertrain-server", "Deployment/clustertrain-trainer", "Deployment/clustertrain-adversary", "Service/clustertrain-server",
            "Service/clustertrain", "PodDisruptionBudget/clustertrain-server", "NetworkPolicy/clustertrain", "ServiceAccount/clustertrain",
            "PersistentVolumeClaim/clustertrain-data",
        ];
        Assert.Subset(titles.ToHashSet(), parts.ToHashSet());
        Assert.Single(titles, title => title.StartsWith("ConfigMap/clustertrain-config", StringComparison.Ordinal));
        Assert.Equal(overlay == "production", titles.Contains("HorizontalPodAutoscaler/clustertrain-trainer"));
        Assert.Equal(overlay == "production", titles.Contains("PodMonitor/clustertrain-server"));
    }
}

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

    /// <summary>One thing broken, and what must be said of it.</summary>
    public static TheoryData<string, string, string> Mutations => new()
    {
        { "  replicas: 2", "  replicsa: 2", "spec.replicsa: no such field; did you mean 'replicas'?" },
        { "readOnlyRootFilesystem: true", "readOnlyRootFileSystem: true", "no such field; did you mean 'readOnlyRootFilesystem'?" },
        { "publishNotReadyAddresses: true", "publishNotReadyAddress: true", "no such field; did you mean 'publishNotReadyAddresses'?" },
        { "failureThreshold: 60", "failureTreshold: 60", "startupProbe.failureTreshold: no such field" },
        { "averageUtilization: 80", "averageUtilisation: 80", "averageUtilisation: no such field" },
        { "    matchLabels:\n      app.kubernetes.io/component: trainer", "    matchLabels:\n      app.kubernetes.io/component: trainers", "matches the labels of no pod" },
        { "  selector:\n    app.kubernetes.io/component: server", "  selector:\n    app.kubernetes.io/component: servers", "Service/clustertrain: spec.selector matches the labels of no pod" },
        { "targetPort: plane", "targetPort: plain", "targetPort plain is no port of its pods" },
        { "port: 4053\n    targetPort: remoting", "port: 4054\n    targetPort: remoting", "Service/clustertrain-server: port 4054 leads to 4053" },
        { "containerPort: 4080", "containerPort: 4081", "port plane is not the 4080 that plane-port says" },
        { "path: /health/ready", "path: /healthz/ready", "readinessProbe asks for /healthz/ready; the program has /health/ready" },
        { "path: /health/live\n            port: plane", "path: /health/live\n            port: remoting", "asks port remoting; plane is the one that answers" },
        { "name: CLUSTERTRAIN_ROLES", "name: CLUSTERTRAIN_ROLE", "the program reads no variable CLUSTERTRAIN_ROLE; did you mean 'CLUSTERTRAIN_ROLES'?" },
        { "      remoting-port = 4053", "      remoting-prot = 4053", "there is no key remoting-prot; did you mean 'remoting-port'?" },
        { "      plane-port = 4080", "      plane-port = 4090", "port plane is not the 4090 that plane-port says" },
        { "clustertrain-server-1.clustertrain-server:4053", "clustertrain-sever-1.clustertrain-server:4053", "is no pod of a stateful set" },
        { "clustertrain-server-1.clustertrain-server:4053", "clustertrain-server-1.clustertrain-server:4052", "has another port than remoting-port" },
        { "      runs = \"/runs\"", "      runs = \"/run\"", "volume runs is mounted at /runs; runs says /run" },
        { "serviceAccountName: clustertrain", "serviceAccountName: clustertrian", "there is no service account clustertrian" },
        { "        name: config\n", "        name: conifg\n", "names volume conifg, which is not there" },
        { "claimName: clustertrain-runs", "claimName: clustertrain-run", "there is no claim clustertrain-run" },
        { "secretName: clustertrain-tls", "secretName: clustertrain-tsl", "there is no secret clustertrain-tsl" },
        { "key: password", "key: passwort", "there is no secret clustertrain-tls-password/passwort" },
        { "name: clustertrain-config-", "name: clustertrain-konfig-", "there is no config map" },
        { "/etc/clustertrain/kubernetes.conf", "/etc/clustertrain/kubernetes.config", "which no config map brings" },
        { "value: /etc/clustertrain-tls/node.pfx", "value: /etc/clustertrain-tsl/node.pfx", "where nothing is mounted" },
        { "serviceName: clustertrain-server", "serviceName: clustertrain-servers", "there is no service clustertrain-servers" },
        { "podManagementPolicy: Parallel", "podManagementPolicy: OrderedReady", "podManagementPolicy must be Parallel" },
        { "terminationGracePeriodSeconds: 150", "terminationGracePeriodSeconds: 30", "terminationGracePeriodSeconds must be 120 or more" },
        { "runAsNonRoot: true", "runAsNonRoot: false", "runAsNonRoot must be true" },
        { "          valueFrom:\n            secretKeyRef:\n              key: password\n              name: clustertrain-tls-password", "          value: hunter2", "CLUSTERTRAIN_CERTIFICATE_PASSWORD is written down" },
        { "scheme: HTTPS", "scheme: HTTP", "probes speak HTTPS exactly where there are certificates" },
        { "        - name: CLUSTERTRAIN_CERTIFICATE\n          value: /etc/clustertrain-tls/node.pfx\n", "", "either certificates or CLUSTERTRAIN_ALLOW_PLAINTEXT must be given" },
    };

    [Theory]
    [MemberData(nameof(Mutations))]
    public void Problems_OneThingBroken_IsNamed(string piece, string other, string said)
    {
        var rendered = RenderedOverlay.Of("production");
        Assert.Contains(piece, rendered, StringComparison.Ordinal);

        var problems = ManifestChecks.Problems(Yaml.Documents(new Regex(Regex.Escape(piece), RegexOptions.None, TimeSpan.FromSeconds(5)).Replace(rendered, other.Replace("$", "$$", StringComparison.Ordinal), 1)));

        Assert.Contains(problems, problem => problem.Contains(said, StringComparison.Ordinal));
    }

    [Fact]
    public void Problems_AutoscalerOfNobody_IsNamed()
    {
        var rendered = RenderedOverlay.Of("production");
        const string Target = "kind: Deployment\n    name: clustertrain-trainer";
        Assert.Contains(Target, rendered, StringComparison.Ordinal);

        var problems = ManifestChecks.Problems(Yaml.Documents(rendered.Replace(Target, Target + "s", StringComparison.Ordinal)));

        Assert.Contains("HorizontalPodAutoscaler/clustertrain-trainer: there is no Deployment/clustertrain-trainers to scale", problems);
    }
}

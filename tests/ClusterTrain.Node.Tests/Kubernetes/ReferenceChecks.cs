using ClusterTrain.Node.Nodes;
using YamlDotNet.RepresentationModel;

namespace ClusterTrain.Node.Tests.Kubernetes;

/// <summary>What names another thing names one that is there: selectors, ports, accounts, volumes, scaled objects.</summary>
internal static class ReferenceChecks
{
    public static IEnumerable<string> Problems(IReadOnlyList<YamlMappingNode> objects) =>
    [
        .. objects.SelectMany(item => Selectors(item, objects)),
        .. Pods(objects).SelectMany(pod => OfPod(pod, objects)),
        .. objects.Where(item => item.Text("kind") == "Service").SelectMany(item => OfService(item, objects)),
        .. objects.Where(item => item.Text("kind") == "StatefulSet").SelectMany(item => OfStatefulSet(item, objects)),
        .. objects.Where(item => item.Text("kind") == "PodMonitor").SelectMany(item => OfMonitor(item, objects)),
        .. objects.Where(item => item.Text("kind") == "HorizontalPodAutoscaler").SelectMany(item => OfAutoscaler(item, objects)),
    ];

    /// <summary>Objects that make pods.</summary>
    public static IEnumerable<YamlMappingNode> Pods(IReadOnlyList<YamlMappingNode> objects) => objects.Where(item => item.At("spec.template.spec") is not null);

    private static IEnumerable<string> Selectors(YamlMappingNode item, IReadOnlyList<YamlMappingNode> objects)
    {
        (string Path, bool OwnPods)[] paths = item.Text("kind") switch
        {
            "Deployment" or "StatefulSet" => [("spec.selector.matchLabels", true)],
            "Service" => [("spec.selector", false)],
            "PodMonitor" or "PodDisruptionBudget" => [("spec.selector.matchLabels", false)],
            "NetworkPolicy" => [("spec.podSelector.matchLabels", false)],
            _ => [],
        };
        foreach (var (path, ownPods) in paths)
        {
            var labels = item.Map(path);
            var pods = ownPods ? [item] : Pods(objects);
            if (labels.Count == 0) yield return $"{item.Title()}: {path} selects nothing";
            else if (!pods.Any(pod => Selects(labels, pod))) yield return $"{item.Title()}: {path} matches the labels of no pod";
        }
    }

    /// <summary>Whether an object's pods have these labels.</summary>
    public static bool Selects(IReadOnlyDictionary<string, string> labels, YamlMappingNode pod)
    {
        var own = pod.Map("spec.template.metadata.labels");
        return labels.All(label => own.TryGetValue(label.Key, out var value) && value == label.Value);
    }

    private static IEnumerable<string> OfPod(YamlMappingNode pod, IReadOnlyList<YamlMappingNode> objects)
    {
        var spec = pod.At("spec.template.spec");
        if (!Has(objects, "ServiceAccount", spec.Text("serviceAccountName")))
            yield return $"{pod.Title()}: there is no service account {spec.Text("serviceAccountName")}";
        var volumes = spec.List("volumes").ToList();
        foreach (var volume in volumes)
        {
            if (volume.Text("configMap.name") is { } config && !Has(objects, "ConfigMap", config)) yield return $"{pod.Title()}: there is no config map {config}";
            if (volume.Text("persistentVolumeClaim.claimName") is { } claim && !Has(objects, "PersistentVolumeClaim", claim))
                yield return $"{pod.Title()}: there is no claim {claim}";
            if (volume.Text("secret.secretName") is { } secret && !UserSecrets.Keys.ContainsKey(secret)) yield return $"{pod.Title()}: there is no secret {secret}";
        }

        foreach (var spread in spec.List("topologySpreadConstraints"))
            if (!Selects(spread.Map("labelSelector.matchLabels"), pod)) yield return $"{pod.Title()}: topologySpreadConstraints matches the labels of other pods than its own";
        foreach (var term in spec.List("affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution"))
            if (!Selects(term.Map("podAffinityTerm.labelSelector.matchLabels"), pod)) yield return $"{pod.Title()}: podAntiAffinity matches the labels of other pods than its own";
        foreach (var container in spec.List("containers"))
        {
            foreach (var mount in container.List("volumeMounts").Select(mount => mount.Text("name")).Where(name => volumes.All(volume => volume.Text("name") != name) && Templates(pod).All(template => template != name)))
                yield return $"{pod.Title()}: a mount names volume {mount}, which is not there";
            foreach (var unused in volumes.Select(volume => volume.Text("name")).Where(name => container.List("volumeMounts").All(mount => mount.Text("name") != name)))
                yield return $"{pod.Title()}: volume {unused} is mounted nowhere";
            foreach (var key in container.List("env").Select(variable => variable.At("valueFrom.secretKeyRef")).OfType<YamlMappingNode>()
                .Where(reference => !UserSecrets.Has(reference.Text("name"), reference.Text("key"))).Select(reference => $"{reference.Text("name")}/{reference.Text("key")}"))
                yield return $"{pod.Title()}: there is no secret {key}";
        }
    }

    private static IEnumerable<string?> Templates(YamlMappingNode pod) => pod.List("spec.volumeClaimTemplates").Select(template => template.Text("metadata.name"));

    private static IEnumerable<string> OfMonitor(YamlMappingNode monitor, IReadOnlyList<YamlMappingNode> objects)
    {
        var pods = Pods(objects).Where(pod => Selects(monitor.Map("spec.selector.matchLabels"), pod)).ToList();
        foreach (var endpoint in monitor.List("spec.podMetricsEndpoints"))
        {
            if (endpoint.Text("path") != NodeRoutes.MetricsPath) yield return $"{monitor.Title()}: path must be {NodeRoutes.MetricsPath}";
            if (pods.SelectMany(pod => pod.At("spec.template.spec").List("containers")).SelectMany(container => container.List("ports")).All(port => port.Text("name") != endpoint.Text("port")))
                yield return $"{monitor.Title()}: port {endpoint.Text("port")} is no port of its pods";
            foreach (var reference in new[] { "authorization.credentials", "tlsConfig.ca.secret", "tlsConfig.cert.secret", "tlsConfig.keySecret" }.Select(path => endpoint.At(path)))
                if (!UserSecrets.Has(reference.Text("name"), reference.Text("key"))) yield return $"{monitor.Title()}: there is no secret {reference.Text("name")}/{reference.Text("key")}";
        }
    }

    private static IEnumerable<string> OfService(YamlMappingNode service, IReadOnlyList<YamlMappingNode> objects)
    {
        var ports = Pods(objects).Where(pod => Selects(service.Map("spec.selector"), pod))
            .SelectMany(pod => pod.At("spec.template.spec").List("containers")).SelectMany(container => container.List("ports")).ToList();
        foreach (var port in service.List("spec.ports"))
        {
            var target = port.Text("targetPort") ?? port.Text("port");
            var found = ports.FirstOrDefault(known => known.Text("name") == target || known.Text("containerPort") == target);
            if (found is null) yield return $"{service.Title()}: targetPort {target} is no port of its pods";
            else if (found.Text("containerPort") != port.Text("port")) yield return $"{service.Title()}: port {port.Text("port")} leads to {found.Text("containerPort")}; seeds and addresses name the same on both sides";
        }
    }

    private static IEnumerable<string> OfStatefulSet(YamlMappingNode set, IReadOnlyList<YamlMappingNode> objects)
    {
        var service = objects.FirstOrDefault(item => item.Title() == $"Service/{set.Text("spec.serviceName")}");
        if (service is null) yield return $"{set.Title()}: there is no service {set.Text("spec.serviceName")}";
        else if (service.Text("spec.clusterIP") != "None") yield return $"{service.Title()}: spec.clusterIP must be None, for its pods to have names";
        else if (service.Text("spec.publishNotReadyAddresses") != "true") yield return $"{service.Title()}: spec.publishNotReadyAddresses must be true, for servers to find each other";
        if (set.Text("spec.podManagementPolicy") != "Parallel") yield return $"{set.Title()}: spec.podManagementPolicy must be Parallel, for servers to start together";
    }

    private static IEnumerable<string> OfAutoscaler(YamlMappingNode scaler, IReadOnlyList<YamlMappingNode> objects)
    {
        var (kind, name) = (scaler.Text("spec.scaleTargetRef.kind"), scaler.Text("spec.scaleTargetRef.name"));
        var target = objects.FirstOrDefault(item => item.Title() == $"{kind}/{name}");
        if (target is null) yield return $"{scaler.Title()}: there is no {kind}/{name} to scale";
        else if (scaler.List("spec.metrics").Any(metric => metric.Text("external.metric.name") != NodeRoutes.DemandMetric))
            yield return $"{scaler.Title()}: the metric must be {NodeRoutes.DemandMetric}, which the active server has";
        else if (target.At("spec.replicas") is not null) yield return $"{target.Title()}: spec.replicas is the autoscaler's to say";
    }

    private static bool Has(IReadOnlyList<YamlMappingNode> objects, string kind, string? name) => objects.Any(item => item.Title() == $"{kind}/{name}");
}

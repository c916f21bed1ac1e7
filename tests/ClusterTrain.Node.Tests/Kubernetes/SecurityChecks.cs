using YamlDotNet.RepresentationModel;

namespace ClusterTrain.Node.Tests.Kubernetes;

/// <summary>No pod has rights that it does not need, and no secret is written down.</summary>
internal static class SecurityChecks
{
    private static readonly string[] SecretWords = ["PASSWORD", "TOKEN", "SECRET"];

    public static IEnumerable<string> Problems(IReadOnlyList<YamlMappingNode> objects)
    {
        foreach (var item in objects.Where(item => item.Text("kind") == "Secret")) yield return $"{item.Title()}: secrets are the user's to make, not a manifest's";
        foreach (var pod in ReferenceChecks.Pods(objects))
        {
            var spec = pod.At("spec.template.spec");
            if (spec.Text("securityContext.runAsNonRoot") != "true") yield return $"{pod.Title()}: securityContext.runAsNonRoot must be true";
            if (spec.Text("securityContext.seccompProfile.type") != "RuntimeDefault") yield return $"{pod.Title()}: securityContext.seccompProfile.type must be RuntimeDefault";
            if (spec.Text("automountServiceAccountToken") != "false") yield return $"{pod.Title()}: automountServiceAccountToken must be false";
            foreach (var container in spec.List("containers"))
            {
                if (pod.Text("kind") == "StatefulSet" && container.At("resources.limits.cpu") is null) yield return $"{pod.Title()}: resources.limits.cpu must be set: the server counts its cores";
                foreach (var problem in OfContainer(container)) yield return $"{pod.Title()}: {problem}";
            }
        }
    }

    private static IEnumerable<string> OfContainer(YamlNode container)
    {
        if (container.Text("securityContext.allowPrivilegeEscalation") != "false") yield return "securityContext.allowPrivilegeEscalation must be false";
        if (container.Text("securityContext.readOnlyRootFilesystem") != "true") yield return "securityContext.readOnlyRootFilesystem must be true";
        if (container.List("securityContext.capabilities.drop").All(name => $"{name}" != "ALL")) yield return "securityContext.capabilities.drop must be ALL";
        if (container.At("resources.requests.cpu") is null || container.At("resources.limits.memory") is null) yield return "resources.requests.cpu and resources.limits.memory must be set";
        foreach (var variable in container.List("env").Where(variable => variable.At("value") is not null))
            if (SecretWords.Any(word => variable.Text("name")!.Contains(word, StringComparison.Ordinal)) && !variable.Text("name")!.EndsWith("_FILE", StringComparison.Ordinal))
                yield return $"{variable.Text("name")} is written down; a secretKeyRef is wanted";
    }
}

using System.Text.RegularExpressions;
using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Training.Specs;
using YamlDotNet.RepresentationModel;

namespace ClusterTrain.Node.Tests.Kubernetes;

/// <summary>A container's variables are ones that the program reads, with values that it can use.</summary>
internal static partial class EnvironmentChecks
{
    private const string PodName = "POD_NAME";
    private const string PodAddress = "POD_IP";
    private const string TrustedAuthorities = "SSL_CERT_FILE";
    private static readonly string[] Others = [PodName, PodAddress, TrustedAuthorities];
    private static readonly string[] Roles = [NodeSettings.Server, NodeSettings.Trainer, NodeSettings.Adversary];

    public static IEnumerable<string> Problems(YamlMappingNode pod, YamlNode container)
    {
        var variables = container.List("env").OfType<YamlMappingNode>().ToList();
        string[] names = [.. variables.Select(variable => variable.Text("name") ?? "")];
        return
        [
            .. names.Where(name => !NodeKeys.Variables.Values.Contains(name) && !Others.Contains(name))
                .Select(name => $"the program reads no variable {name}{NearestName.Hint(name, [.. NodeKeys.Variables.Values])}"),
            .. names.GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => $"{group.Key} is given twice"),
            .. Uses(variables), .. Values(pod, variables), .. Files(pod, container, variables), .. Certificates(names),
        ];
    }

    // Kubernetes leaves $(NAME) as it is, without a word, where NAME is not defined before.
    private static IEnumerable<string> Uses(List<YamlMappingNode> variables) => variables.SelectMany((variable, index) =>
        Use().Matches(variable.Text("value") ?? "").Select(use => use.Groups["name"].Value)
            .Where(used => variables.Take(index).All(before => before.Text("name") != used))
            .Select(used => $"{variable.Text("name")} uses {used}, which is not defined before it"));

    private static IEnumerable<string> Values(YamlMappingNode pod, List<YamlMappingNode> variables)
    {
        var isServer = pod.Text("kind") == "StatefulSet";
        (string Name, string Wanted)[] all =
        [
            (PodName, "field metadata.name"), (PodAddress, "field status.podIP"), (NodeKeys.Variables[NodeKeys.Name], $"$({PodName})"),
            (NodeKeys.Variables[NodeKeys.Host], isServer ? $"$({PodName}).{pod.Text("spec.serviceName")}" : $"$({PodAddress})"),
        ];
        (string Name, string Wanted)[] workers = isServer ? [] : [(NodeKeys.Variables[NodeKeys.Workers], "resource requests.cpu")];
        foreach (var (name, wanted) in all.Concat(workers))
            if (Source(variables, name) is var source && source != wanted) yield return $"{name} must be {wanted}, and is {source ?? "not there"}";
        if (Source(variables, NodeSettings.RolesVariable) is not { } roles) yield return $"{NodeSettings.RolesVariable} must be given";
        else
            foreach (var role in roles.Split(',').Where(role => !Roles.Contains(role)))
                yield return $"{NodeSettings.RolesVariable}: there is no role {role}{NearestName.Hint(role, Roles)}";
    }

    private static IEnumerable<string> Files(YamlMappingNode pod, YamlNode container, List<YamlMappingNode> variables)
    {
        foreach (var variable in variables.Where(variable => variable.Text("value")?.StartsWith("/etc/", StringComparison.Ordinal) == true))
        {
            var (name, file) = (variable.Text("name"), variable.Text("value")!);
            var mount = container.List("volumeMounts").FirstOrDefault(mount => file.StartsWith(mount.Text("mountPath") + "/", StringComparison.Ordinal));
            var volume = pod.At("spec.template.spec").List("volumes").FirstOrDefault(volume => volume.Text("name") == mount?.Text("name"));
            if (mount is null) yield return $"{name} names {file}, where nothing is mounted";
            else if (volume.Text("secret.secretName") is { } secret && UserSecrets.Keys.ContainsKey(secret) && !UserSecrets.Has(secret, Path.GetFileName(file)))
                yield return $"{name} names {file}; secret {secret} has {string.Join(", ", UserSecrets.Keys[secret])}";
        }
    }

    private static IEnumerable<string> Certificates(string[] names)
    {
        var isSecured = names.Contains(NodeKeys.Variables[NodeKeys.Certificate]);
        if (isSecured == names.Contains(NodeKeys.Variables[NodeKeys.AllowPlaintext])) yield return "either certificates or CLUSTERTRAIN_ALLOW_PLAINTEXT must be given";
        if (!names.Contains(NodeKeys.Variables[NodeKeys.SecretFile])) yield return $"{NodeKeys.Variables[NodeKeys.SecretFile]} must be given";
        if (!isSecured) yield break;
        foreach (var needed in (string[])[NodeKeys.Variables[NodeKeys.Authority], NodeKeys.Variables[NodeKeys.Password], TrustedAuthorities])
            if (!names.Contains(needed)) yield return $"{needed} must be given where there are certificates";
    }

    private static string? Source(List<YamlMappingNode> variables, string name) =>
        variables.FirstOrDefault(variable => variable.Text("name") == name) is not { } variable ? null
        : variable.Text("valueFrom.fieldRef.fieldPath") is { } field ? $"field {field}"
        : variable.Text("valueFrom.resourceFieldRef.resource") is { } resource ? $"resource {resource}"
        : variable.Text("value");

    [GeneratedRegex("\\$\\((?<name>[A-Za-z_][A-Za-z0-9_]*)\\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Use();
}

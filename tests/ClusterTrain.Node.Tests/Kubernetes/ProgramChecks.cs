using System.Globalization;
using System.Text.RegularExpressions;
using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Node.Nodes;
using ClusterTrain.Training.Specs;
using YamlDotNet.RepresentationModel;

namespace ClusterTrain.Node.Tests.Kubernetes;

/// <summary>What the manifests say to the program is what it reads and serves: routes, ports, variables, keys, times.</summary>
internal static partial class ProgramChecks
{
    // A node's own limits for handing back and for leaving, in seconds.
    private const int ShutdownSeconds = 120;

    private static readonly string[] OtherVariables = ["POD_NAME", "POD_IP", "SSL_CERT_FILE"];

    public static IEnumerable<string> Problems(IReadOnlyList<YamlMappingNode> objects)
    {
        var configs = objects.Where(item => item.Text("kind") == "ConfigMap").SelectMany(item => item.Map("data")).ToList();
        foreach (var (name, text) in configs)
            foreach (var problem in HoconSection.Problems(text)) yield return $"{name}: {problem}";
        var settings = configs.Select(config => HoconSection.Values(config.Value)).FirstOrDefault() ?? [];
        foreach (var pod in ReferenceChecks.Pods(objects))
        {
            if (!int.TryParse(pod.Text("spec.template.spec.terminationGracePeriodSeconds"), CultureInfo.InvariantCulture, out var grace) || grace < ShutdownSeconds)
                yield return $"{pod.Title()}: terminationGracePeriodSeconds must be {ShutdownSeconds} or more, which a node takes at most to leave";
            foreach (var container in pod.At("spec.template.spec").List("containers"))
                foreach (var problem in OfContainer(container, configs.Select(config => config.Key), settings)) yield return $"{pod.Title()}: {problem}";
        }

        foreach (var problem in Seeds(objects, settings)) yield return problem;
        foreach (var policy in objects.Where(item => item.Text("kind") == "NetworkPolicy"))
            foreach (var port in (string[])[settings.GetValueOrDefault(NodeKeys.RemotingPort, ""), settings.GetValueOrDefault(NodeKeys.PlanePort, "")])
                if (policy.List("spec.ingress").All(rule => rule.List("ports").All(allowed => allowed.Text("port") != port)))
                    yield return $"{policy.Title()}: port {port} is not let in";
    }

    private static IEnumerable<string> OfContainer(YamlNode container, IEnumerable<string> configs, Dictionary<string, string> settings)
    {
        foreach (var name in container.List("env").Select(variable => variable.Text("name")!)
            .Where(name => !NodeKeys.Variables.Values.Contains(name) && !OtherVariables.Contains(name)))
            yield return $"the program reads no variable {name}{NearestName.Hint(name, [.. NodeKeys.Variables.Values])}";
        foreach (var (key, port) in new[] { (NodeKeys.RemotingPort, "remoting"), (NodeKeys.PlanePort, "plane") })
            if (container.List("ports").All(known => known.Text("name") != port || known.Text("containerPort") != settings.GetValueOrDefault(key)))
                yield return $"port {port} is not the {settings.GetValueOrDefault(key)} that {key} says";
        foreach (var (probe, path) in new[] { ("startupProbe", NodeRoutes.Live), ("livenessProbe", NodeRoutes.Live), ("readinessProbe", NodeRoutes.Ready) })
        {
            if (container.Text($"{probe}.httpGet.path") != path) yield return $"{probe} asks for {container.Text($"{probe}.httpGet.path")}; the program has {path}";
            if (container.Text($"{probe}.httpGet.port") != "plane") yield return $"{probe} asks port {container.Text($"{probe}.httpGet.port")}; plane is the one that answers";
        }

        var args = container.List("args").Select(arg => $"{arg}").ToList();
        if (args is not ["node", "--config", var file]) yield return "args must be: node --config FILE";
        else if (!configs.Any(config => file == $"{MountOf(container, "config")}/{config}")) yield return $"args name {file}, which no config map brings";
        foreach (var key in (string[])[NodeKeys.Runs, NodeKeys.Data])
            if (container.List("volumeMounts").FirstOrDefault(mount => mount.Text("name") == key) is { } mount && mount.Text("mountPath") != settings.GetValueOrDefault(key))
                yield return $"volume {key} is mounted at {mount.Text("mountPath")}; {key} says {settings.GetValueOrDefault(key)}";
        foreach (var (variable, end) in container.List("env").Where(variable => variable.Text("value")?.StartsWith("/etc/", StringComparison.Ordinal) == true)
            .Select(variable => (variable.Text("name"), variable.Text("value")!)))
            if (!container.List("volumeMounts").Any(mount => end.StartsWith(mount.Text("mountPath") + "/", StringComparison.Ordinal)))
                yield return $"{variable} names {end}, where nothing is mounted";
        var tls = container.List("env").Any(variable => variable.Text("name") == NodeKeys.Variables[NodeKeys.Certificate]);
        if (tls != (container.Text("readinessProbe.httpGet.scheme") == "HTTPS") || tls != (container.Text("livenessProbe.httpGet.scheme") == "HTTPS"))
            yield return "probes speak HTTPS exactly where there are certificates";
        var plain = container.List("env").Any(variable => variable.Text("name") == NodeKeys.Variables[NodeKeys.AllowPlaintext]);
        if (tls == plain) yield return "either certificates or CLUSTERTRAIN_ALLOW_PLAINTEXT must be given";
    }

    private static IEnumerable<string> Seeds(IReadOnlyList<YamlMappingNode> objects, Dictionary<string, string> settings)
    {
        var sets = objects.Where(item => item.Text("kind") == "StatefulSet").ToList();
        foreach (Match seed in Address().Matches(settings.GetValueOrDefault(NodeKeys.Seeds, "")))
        {
            var isOurs = sets.Any(set => Regex.IsMatch(
                seed.Groups["host"].Value, $"^{set.Text("metadata.name")}-[0-9]+\\.{set.Text("spec.serviceName")}$", RegexOptions.None, TimeSpan.FromSeconds(1)));
            if (!isOurs) yield return $"seed {seed.Value} is no pod of a stateful set";
            if (seed.Groups["port"].Value != settings.GetValueOrDefault(NodeKeys.RemotingPort)) yield return $"seed {seed.Value} has another port than remoting-port";
        }
    }

    private static string? MountOf(YamlNode container, string volume) =>
        container.List("volumeMounts").FirstOrDefault(mount => mount.Text("name") == volume)?.Text("mountPath");

    [GeneratedRegex("(?<host>[A-Za-z0-9.-]+):(?<port>[0-9]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();
}

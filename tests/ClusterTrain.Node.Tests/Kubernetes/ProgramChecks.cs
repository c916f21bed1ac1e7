using System.Globalization;
using System.Text.RegularExpressions;
using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Node.Nodes;
using YamlDotNet.RepresentationModel;

namespace ClusterTrain.Node.Tests.Kubernetes;

/// <summary>What the manifests say to the program is what it reads and serves: routes, ports, variables, keys, times.</summary>
internal static partial class ProgramChecks
{
    // A node's own limits for handing back and for leaving, in seconds; the tests with Akka compare with what it is told.
    private const int ShutdownSeconds = 120;

    public static IEnumerable<string> Problems(IReadOnlyList<YamlMappingNode> objects)
    {
        var configs = objects.Where(item => item.Text("kind") == "ConfigMap").SelectMany(item => item.Map("data")).ToList();
        foreach (var (name, text) in configs)
            foreach (var problem in HoconSection.Problems(text)) yield return $"{name}: {problem}";
        var settings = configs.Select(config => HoconSection.Values(config.Value)).FirstOrDefault() ?? [];
        foreach (var pod in ReferenceChecks.Pods(objects).Where(pod => pod.Text("kind") != "Job"))
        {
            if (!int.TryParse(pod.Text("spec.template.spec.terminationGracePeriodSeconds"), CultureInfo.InvariantCulture, out var grace) || grace < ShutdownSeconds)
                yield return $"{pod.Title()}: terminationGracePeriodSeconds must be {ShutdownSeconds} or more, which a node takes at most to leave";
            if (pod.Text("spec.template.spec.enableServiceLinks") != "false")
                yield return $"{pod.Title()}: enableServiceLinks must be false: variables of services begin as the program's do";
            foreach (var container in pod.At("spec.template.spec").List("containers"))
                foreach (var problem in OfContainer(container, configs.Select(config => config.Key), settings).Concat(EnvironmentChecks.Problems(pod, container))) yield return $"{pod.Title()}: {problem}";
        }

        foreach (var problem in Seeds(objects, settings)) yield return problem;
        foreach (var problem in PolicyChecks.Problems(objects, settings)) yield return problem;
    }

    private static IEnumerable<string> OfContainer(YamlNode container, IEnumerable<string> configs, Dictionary<string, string> settings)
    {
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
        var isSecured = container.List("env").Any(variable => variable.Text("name") == NodeKeys.Variables[NodeKeys.Certificate]);
        foreach (var probe in (string[])["startupProbe", "livenessProbe", "readinessProbe"])
            if (isSecured != (container.Text($"{probe}.httpGet.scheme") == "HTTPS")) yield return $"{probe} must speak HTTPS exactly where there are certificates";
    }

    private static IEnumerable<string> Seeds(IReadOnlyList<YamlMappingNode> objects, Dictionary<string, string> settings)
    {
        var sets = objects.Where(item => item.Text("kind") == "StatefulSet").ToList();
        var seeds = Address().Matches(settings.GetValueOrDefault(NodeKeys.Seeds, "")).ToList();
        foreach (var seed in seeds)
        {
            if (!sets.Any(set => IsPod(set, "[0-9]+", seed.Groups["host"].Value))) yield return $"seed {seed.Value} is no pod of a stateful set";
            if (seed.Groups["port"].Value != settings.GetValueOrDefault(NodeKeys.RemotingPort)) yield return $"seed {seed.Value} has another port than remoting-port";
        }

        // Only the first one may form the cluster, and a set of one replica has no other than pod 0.
        if (seeds is not [var first, ..]) yield return "there are no seeds";
        else if (sets.Any(set => IsPod(set, "[1-9][0-9]*", first.Groups["host"].Value))) yield return $"the first seed, {first.Value}, must be pod 0, which is always there";
    }

    private static bool IsPod(YamlMappingNode set, string number, string host) => Regex.IsMatch(
        host, $"^{set.Text("metadata.name")}-{number}\\.{set.Text("spec.serviceName")}$", RegexOptions.None, TimeSpan.FromSeconds(1));

    private static string? MountOf(YamlNode container, string volume) =>
        container.List("volumeMounts").FirstOrDefault(mount => mount.Text("name") == volume)?.Text("mountPath");

    [GeneratedRegex("(?<host>[A-Za-z0-9.-]+):(?<port>[0-9]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();
}

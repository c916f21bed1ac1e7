using ClusterTrain.Cluster.Nodes;
using YamlDotNet.RepresentationModel;

namespace ClusterTrain.Node.Tests.Kubernetes;

/// <summary>The network policy lets nodes reach each other and names be looked up, and lets users in to the plane alone.</summary>
internal static class PolicyChecks
{
    private const string NameCache = "169.254.20.10/32";
    private static readonly (string Direction, string Peers)[] Directions = [("ingress", "from"), ("egress", "to")];

    /// <summary>Labels of pods that are not ours: users, as docs/kubernetes.md has them, and the cluster's name server.</summary>
    private static readonly string[] Strangers = ["clustertrain-user=true", "k8s-app=kube-dns", "app.kubernetes.io/name=prometheus"];

    public static IEnumerable<string> Problems(IReadOnlyList<YamlMappingNode> objects, IReadOnlyDictionary<string, string> settings)
    {
        var pods = ReferenceChecks.Pods(objects).ToList();
        var policies = objects.Where(item => item.Text("kind") == "NetworkPolicy").ToList();
        return policies.Count == 0 ? ["there is no network policy"] : policies.SelectMany(policy => OfPolicy(policy, pods, settings));
    }

    private static IEnumerable<string> OfPolicy(YamlMappingNode policy, List<YamlMappingNode> pods, IReadOnlyDictionary<string, string> settings)
    {
        foreach (var pod in pods.Where(pod => !ReferenceChecks.Selects(policy.Map("spec.podSelector.matchLabels"), pod)))
            yield return $"{policy.Title()}: {pod.Title()} is not under it";
        foreach (var type in (string[])["Ingress", "Egress"])
            if (policy.List("spec.policyTypes").All(known => $"{known}" != type)) yield return $"{policy.Title()}: policyTypes must have {type}";
        string[] ports = [settings.GetValueOrDefault(NodeKeys.RemotingPort, ""), settings.GetValueOrDefault(NodeKeys.PlanePort, "")];
        foreach (var (direction, peers) in Directions)
        {
            var rules = policy.List($"spec.{direction}").ToList();
            foreach (var peer in rules.SelectMany(rule => rule.List(peers)).Where(peer => !IsStranger(peer) && !pods.Any(pod => Selects(peer, pod))))
                yield return $"{policy.Title()}: {direction} names pods {Words(peer)}, which are nobody's";
            foreach (var port in ports)
                if (!pods.All(pod => rules.Any(rule => Allows(rule, port) && rule.List(peers).Any(peer => Selects(peer, pod)))))
                    yield return $"{policy.Title()}: {direction} does not let nodes reach each other at port {port}";
            foreach (var rule in rules.Where(rule => !rule.List(peers).Any() || !rule.List("ports").Any()))
                yield return $"{policy.Title()}: a rule of {direction} is open to everybody, or at every port";
            foreach (var rule in rules.Where(rule => Allows(rule, ports[0]) && rule.List(peers).Any(IsStranger)))
                yield return $"{policy.Title()}: port {ports[0]} is open to others than nodes";
        }

        foreach (var protocol in (string[])["UDP", "TCP"])
            if (!policy.List("spec.egress").SelectMany(rule => rule.List("ports")).Any(port => port.Text("port") == "53" && port.Text("protocol") == protocol))
                yield return $"{policy.Title()}: names cannot be looked up by {protocol}";
    }

    private static bool Allows(YamlNode rule, string port) => rule.List("ports").Any(known => known.Text("port") == port && known.Text("protocol") == "TCP");

    private static bool Selects(YamlNode peer, YamlMappingNode pod) => peer.At("namespaceSelector") is null
        && peer.Map("podSelector.matchLabels") is { Count: > 0 } labels && ReferenceChecks.Selects(labels, pod);

    private static bool IsStranger(YamlNode peer) => Strangers.Contains(Words(peer)) || peer.Text("ipBlock.cidr") == NameCache;

    private static string Words(YamlNode peer) => string.Join(", ", peer.Map("podSelector.matchLabels").Select(label => $"{label.Key}={label.Value}"));
}

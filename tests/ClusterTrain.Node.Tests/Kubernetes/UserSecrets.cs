namespace ClusterTrain.Node.Tests.Kubernetes;

/// <summary>Secrets that docs/kubernetes.md has the user make: no manifest does.</summary>
internal static class UserSecrets
{
    /// <summary>From a secret's name to its keys, which are the names of its files where it is mounted.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Keys { get; } = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
    {
        ["clustertrain-secret"] = ["secret"],
        ["clustertrain-metrics"] = ["ca.crt", "tls.crt", "tls.key"],
        ["clustertrain-tls"] = ["node.pfx", "ca.crt"],
        ["clustertrain-tls-password"] = ["password"],
    };

    public static bool Has(string? secret, string? key) => secret is not null && key is not null && Keys.TryGetValue(secret, out var keys) && keys.Contains(key);
}

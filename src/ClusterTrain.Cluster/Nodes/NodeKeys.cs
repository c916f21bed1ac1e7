namespace ClusterTrain.Cluster.Nodes;

/// <summary>
/// The keys of a node's settings: in a file's section <see cref="Section"/>, each with the environment variable that goes
/// before it.
/// </summary>
public static class NodeKeys
{
    public const string Section = "clustertrain";
    public const string Roles = "roles";
    public const string Name = "name";
    public const string Host = "host";
    public const string Bind = "bind";
    public const string RemotingPort = "remoting-port";
    public const string PlanePort = "plane-port";
    public const string Seeds = "seeds";
    public const string Runs = "runs";
    public const string Data = "data";
    public const string Workers = "workers";
    public const string Names = "names";
    public const string Zone = "zone";
    public const string Secret = "secret";
    public const string SecretFile = "secret-file";
    public const string AllowPlaintext = "allow-plaintext";
    public const string Tls = "tls";
    public const string Certificate = "tls.certificate";
    public const string Password = "tls.password";
    public const string Authority = "tls.ca";

    /// <summary>From a key, below the section, to its environment variable.</summary>
    public static IReadOnlyDictionary<string, string> Variables { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [Roles] = NodeSettings.RolesVariable,
        [Name] = "CLUSTERTRAIN_NAME",
        [Host] = "CLUSTERTRAIN_HOST",
        [Bind] = "CLUSTERTRAIN_BIND",
        [RemotingPort] = "CLUSTERTRAIN_REMOTING_PORT",
        [PlanePort] = "CLUSTERTRAIN_PLANE_PORT",
        [Seeds] = "CLUSTERTRAIN_SEEDS",
        [Runs] = "CLUSTERTRAIN_RUNS",
        [Data] = "CLUSTERTRAIN_DATA",
        [Workers] = "CLUSTERTRAIN_WORKERS",
        [Names] = "CLUSTERTRAIN_NAMES",
        [Zone] = "CLUSTERTRAIN_ZONE",
        [Secret] = ClusterSecret.Variable,
        [SecretFile] = ClusterSecret.FileVariable,
        [AllowPlaintext] = "CLUSTERTRAIN_ALLOW_PLAINTEXT",
        [Certificate] = "CLUSTERTRAIN_CERTIFICATE",
        [Password] = "CLUSTERTRAIN_CERTIFICATE_PASSWORD",
        [Authority] = "CLUSTERTRAIN_CA",
    };

    /// <summary>The keys directly in the section.</summary>
    public static IReadOnlyList<string> OfSection { get; } = [.. Variables.Keys.Where(key => !key.Contains('.', StringComparison.Ordinal)), Tls];

    /// <summary>The keys in <see cref="Tls"/>.</summary>
    public static IReadOnlyList<string> OfTls { get; } =
        [.. Variables.Keys.Where(key => key.StartsWith(Tls + ".", StringComparison.Ordinal)).Select(key => key[(Tls.Length + 1)..])];
}

using System.CommandLine;
using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Nodes;

namespace ClusterTrain.Node.Commands;

/// <summary>How a user's command finds a cluster.</summary>
internal static class ServerOption
{
    private const string Usual = "http://127.0.0.1:4080/";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private const string Variable = "CLUSTERTRAIN_SERVER";

    public static Option<string?> Create() => new("--server")
    {
        Description = $"Address of any node of the cluster. Without it: {Variable}, then {Usual}. For https, CLUSTERTRAIN_CERTIFICATE, "
            + "CLUSTERTRAIN_CERTIFICATE_PASSWORD and CLUSTERTRAIN_CA name your certificate as they do for a node. The cluster's secret: "
            + $"{ClusterSecret.Variable}, or a file that {ClusterSecret.FileVariable} names; on this machine that of your own nodes.",
        HelpName = "URL",
    };

    /// <exception cref="WrongInputException">The address is none, or what https needs is missing.</exception>
    public static ClusterClient Connect(Surroundings surroundings, string? named)
    {
        var text = named ?? surroundings.Variable(Variable) ?? Usual;
        var source = named is null ? Variable : "--server";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new WrongInputException($"{source} {text}: an address such as {Usual} is wanted");
        return new ClusterClient(address, new Credentials(address.Scheme == "https" ? Tls(surroundings) : null, Secret(surroundings, address)), Patience);
    }

    // A node of this machine that was given no secret has this user's, and so has who asks it.
    private static ClusterSecret? Secret(Surroundings surroundings, Uri address)
    {
        if (surroundings.Variable(ClusterSecret.Variable) is { Length: > 0 } text)
            return ClusterSecret.Problem(text) is { } problem ? throw new WrongInputException($"{ClusterSecret.Variable}: {problem}") : new ClusterSecret(text);
        if (surroundings.Variable(ClusterSecret.FileVariable) is { Length: > 0 } file) return SecretFile.Read(surroundings.PathOf(file));
        return address.Scheme == "http" && NodeSettings.IsLoopback(address.Host) ? SecretFile.FindOfUser(surroundings.Variable) : null;
    }

    private static TlsSettings Tls(Surroundings surroundings)
    {
        var missing = new[] { "CLUSTERTRAIN_CERTIFICATE", "CLUSTERTRAIN_CA" }
            .Where(name => surroundings.Variable(name) is not { Length: > 0 } path || !File.Exists(surroundings.PathOf(path))).ToList();
        if (missing.Count > 0)
            throw new WrongInputException([.. missing.Select(name => $"{name}: https needs a file that this variable names: your certificate (PFX), and the authority's (PEM)")]);
        return new TlsSettings(
            surroundings.PathOf(surroundings.Variable("CLUSTERTRAIN_CERTIFICATE")!), surroundings.Variable("CLUSTERTRAIN_CERTIFICATE_PASSWORD") ?? "",
            surroundings.PathOf(surroundings.Variable("CLUSTERTRAIN_CA")!));
    }
}

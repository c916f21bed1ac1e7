using System.Globalization;
using Akka.Configuration;
using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Actors.Configuration;

/// <summary>
/// Reads the <c>clustertrain</c> section of a node's HOCON file. An environment variable goes before the file's value, a
/// default stands where neither says anything.
/// </summary>
public sealed class NodeSettingsFile
{
    private const int MostWorkers = 1024;
    private const int MostPort = 65_535;

    private static readonly string[] AllRoles = [NodeSettings.Server, NodeSettings.Trainer, NodeSettings.Adversary];

    private readonly string _path;
    private readonly Config _config;
    private readonly Func<string, string?> _variable;
    private readonly List<string> _problems = [];

    private NodeSettingsFile(string? path, Func<string, string?> variable)
    {
        (_path, _variable) = (path ?? "environment", variable);
        _config = Parse(path);
    }

    /// <param name="path">The file, or null for environment and defaults alone.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <exception cref="NodeSettingsException">With every problem at once.</exception>
    public static NodeSettings Read(string? path, Func<string, string?> variable)
    {
        var file = new NodeSettingsFile(path, variable);
        var settings = file.Read();
        return file._problems.Count == 0 ? settings : throw new NodeSettingsException(file._problems);
    }

    private NodeSettings Read()
    {
        CheckKeys("", NodeKeys.OfSection);
        CheckKeys("tls.", NodeKeys.OfTls);
        var settings = new NodeSettings
        {
            Roles = List(NodeKeys.Roles) ?? [NodeSettings.Trainer, NodeSettings.Adversary],
            Name = Text(NodeKeys.Name),
            Host = Text(NodeKeys.Host) ?? "127.0.0.1",
            Bind = Text(NodeKeys.Bind),
            RemotingPort = Number(NodeKeys.RemotingPort, 4053, MostPort),
            PlanePort = Number(NodeKeys.PlanePort, 4080, MostPort),
            Seeds = List(NodeKeys.Seeds) ?? [],
            Runs = Text(NodeKeys.Runs) ?? "runs",
            Data = Text(NodeKeys.Data),
            Workers = Number(NodeKeys.Workers, 0, MostWorkers),
            Names = List(NodeKeys.Names) ?? [],
            Zone = Text(NodeKeys.Zone) ?? "",
            Secret = Secret(),
            AllowPlaintext = Flag(NodeKeys.AllowPlaintext),
            Tls = Tls(),
        };
        if (settings.Name is { } name && WorkerName.Problem(name) is { } problem) Problem(NodeKeys.Name, problem);
        CheckRoles(settings.Roles);
        CheckSeeds(settings);
        CheckAddresses(settings);
        foreach (var wrong in AkkaSection.Problems(_config)) Problem(wrong);
        return settings;
    }

    private void CheckRoles(IReadOnlyList<string> roles)
    {
        if (roles.Count == 0) Problem("roles", $"none is named; allowed: any of {string.Join(", ", AllRoles)}");
        foreach (var role in roles.Where(role => !AllRoles.Contains(role)))
            Problem("roles", $"there is no role {role}{NearestName.HintAndAll(role, AllRoles)}");
    }

    private void CheckSeeds(NodeSettings settings)
    {
        foreach (var seed in settings.Seeds)
        {
            var parts = seed.Split(':');
            if (parts.Length != 2 || parts[0].Length == 0
                || !int.TryParse(parts[1], CultureInfo.InvariantCulture, out var port) || port is < 1 or > MostPort)
                Problem("seeds", $"\"{seed}\" is no address; allowed: host:port with a port from 1 to {MostPort}");
        }

        if (settings.Seeds.Count == 0 && !settings.Roles.Contains(NodeSettings.Server))
            Problem("seeds", "a node without the role server needs at least one seed to join: host:port");
    }

    private void CheckAddresses(NodeSettings settings)
    {
        if (settings.Tls is not null || settings.AllowPlaintext) return;
        foreach (var (key, host) in new[] { ("host", settings.Host), ("bind", settings.Bind ?? settings.Host) }.DistinctBy(pair => pair.Item2))
        {
            if (NodeSettings.IsLoopback(host)) continue;
            Problem(key, $"{host} can be reached from other machines, and there is no tls: set tls.certificate, tls.password and tls.ca, "
                + "or say allow-plaintext = true where everyone on the network may change the run");
        }
    }

    private ClusterSecret? Secret()
    {
        if (Text(NodeKeys.Secret) is { } text)
        {
            if (ClusterSecret.Problem(text) is not { } problem) return new ClusterSecret(text);
            Problem(NodeKeys.Secret, problem);
        }
        else if (Text(NodeKeys.SecretFile) is { } file)
        {
            try
            {
                return SecretFile.Read(file);
            }
            catch (NodeSettingsException wrong)
            {
                foreach (var what in wrong.Problems) Problem(NodeKeys.SecretFile, what);
            }
        }

        return null;
    }

    private TlsSettings? Tls()
    {
        var (certificate, authority) = (Text(NodeKeys.Certificate), Text(NodeKeys.Authority));
        if (certificate is null && authority is null) return null;
        foreach (var (key, file) in new[] { ("tls.certificate", certificate), ("tls.ca", authority) })
        {
            if (file is null) Problem(key, "is missing; TLS needs the node's certificate (PFX) and the authority's (PEM)");
            else if (!File.Exists(file)) Problem(key, $"there is no file {file}");
        }

        return new TlsSettings(certificate ?? "", Text(NodeKeys.Password) ?? "", authority ?? "");
    }

    private void CheckKeys(string prefix, IReadOnlyList<string> known)
    {
        var path = prefix.Length == 0 ? NodeKeys.Section : $"{NodeKeys.Section}.{prefix.TrimEnd('.')}";
        if (!_config.HasPath(path)) return;
        foreach (var key in _config.GetValue(path).GetObject().Items.Keys.Where(key => !known.Contains(key)))
            Problem(prefix + key, $"no such key{NearestName.HintAndAll(key, known)}");
    }

    private string? Text(string key)
    {
        if (_variable(NodeKeys.Variables[key]) is { Length: > 0 } set) return set;
        var path = $"{NodeKeys.Section}.{key}";
        return _config.HasPath(path) && _config.GetString(path) is { Length: > 0 } text ? text : null;
    }

    private string[]? List(string key)
    {
        if (_variable(NodeKeys.Variables[key]) is { Length: > 0 } set) return Split(set);
        var path = $"{NodeKeys.Section}.{key}";
        if (!_config.HasPath(path)) return null;
        var value = _config.GetValue(path);
        return value.IsArray() ? [.. _config.GetStringList(path).Select(item => item ?? "null")] : Split(_config.GetString(path) ?? "");
    }

    private int Number(string key, int usual, int most)
    {
        if (Text(key) is not { } text) return usual;
        if (int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number >= 0 && number <= most) return number;
        Problem(key, $"{text} is not allowed; allowed: a whole number from 0 to {most}");
        return usual;
    }

    private bool Flag(string key)
    {
        switch (Text(key))
        {
            case null or "false" or "off" or "no":
                return false;
            case "true" or "on" or "yes":
                return true;
            case var other:
                Problem(key, $"{other} is not allowed; allowed: true, false");
                return false;
        }
    }

    private Config Parse(string? path)
    {
        if (path is null) return Config.Empty;
        try
        {
            return ConfigurationFactory.ParseString(HoconText.Checked(path, File.ReadAllText(path)));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new NodeSettingsException([$"{path}: cannot be read: {failure.Message}"]);
        }
        catch (Exception failure) when (failure is not (OutOfMemoryException or NodeSettingsException))
        {
            // The parser has no exception of its own for text that it cannot read.
            throw new NodeSettingsException([$"{path}: is no HOCON: {failure.Message.ReplaceLineEndings(" ")}"]);
        }
    }

    private void Problem(string key, string what) => Problem($"{NodeKeys.Section}.{key}: {what}");

    // A value may hold anything; a problem is one line.
    private void Problem(string what) => _problems.Add(
        $"{_path}: {string.Concat(what.Select(c => char.IsControl(c) ? $"\\u{(int)c:x4}" : $"{c}"))}");

    private static string[] Split(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

using ClusterTrain.Actors.Configuration;
using ClusterTrain.Cluster.Nodes;

namespace ClusterTrain.Actors.Tests.Configuration;

public sealed class NodeSettingsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_EveryKey_IsTaken()
    {
        foreach (var name in (string[])["node.pfx", "ca.pem"]) File.WriteAllText(_folder[name], "");

        var settings = Read($$"""
            clustertrain {
              roles = [server, trainer], name = ann, host = "10.0.0.5", bind = "0.0.0.0", remoting-port = 5000, plane-port = 5001
              seeds = ["10.0.0.5:5000", "10.0.0.6:5000"], runs = "/runs", data = "/data", workers = 3
              tls { certificate = "{{_folder["node.pfx"]}}", password = "secret", ca = "{{_folder["ca.pem"]}}" }
            }
            """);

        Assert.Equal(["server", "trainer"], settings.Roles);
        Assert.Equal(["10.0.0.5:5000", "10.0.0.6:5000"], settings.Seeds);
        Assert.Equal(
            new NodeSettings
            {
                Roles = settings.Roles, Seeds = settings.Seeds, Name = "ann", Host = "10.0.0.5", Bind = "0.0.0.0", RemotingPort = 5000,
                PlanePort = 5001, Runs = "/runs", Data = "/data", Workers = 3,
                Tls = new TlsSettings(_folder["node.pfx"], "secret", _folder["ca.pem"]),
            },
            settings);
    }

    [Fact]
    public void Read_EnvironmentAndFile_TheEnvironmentGoesFirst()
    {
        _variables["CLUSTERTRAIN_ROLES"] = "trainer,adversary";
        _variables["CLUSTERTRAIN_PLANE_PORT"] = "9999";
        _variables["CLUSTERTRAIN_SEEDS"] = "a:1, b:2";

        var settings = Read("clustertrain { roles = [server], plane-port = 1, remoting-port = 2 }");

        Assert.Equal(["trainer", "adversary"], settings.Roles);
        Assert.Equal(["a:1", "b:2"], settings.Seeds);
        Assert.Equal((9999, 2), (settings.PlanePort, settings.RemotingPort));
    }

    [Fact]
    public void Read_NoFile_IsALoopbackWorkerByDefault()
    {
        _variables["CLUSTERTRAIN_SEEDS"] = "127.0.0.1:4053";

        var settings = NodeSettingsFile.Read(null, _variables.GetValueOrDefault);

        Assert.Equal(["trainer", "adversary"], settings.Roles);
        Assert.Equal(("127.0.0.1", 4053, 4080, 0, false), (settings.Host, settings.RemotingPort, settings.PlanePort, settings.Workers, settings.AllowPlaintext));
        Assert.Null(settings.Tls);
    }

    public static TheoryData<string, string[]> Wrong() => new()
    {
        { "roles = [server], remotting-port = 1", ["clustertrain.remotting-port", "did you mean 'remoting-port'"] },
        { "roles = [serfer], seeds = [\"a:1\"]", ["clustertrain.roles", "serfer", "server"] },
        { "roles = []", ["clustertrain.roles", "none is named"] },
        { "roles = [trainer]", ["clustertrain.seeds", "at least one seed"] },
        { "roles = [server], seeds = [\"nowhere\"]", ["clustertrain.seeds", "\"nowhere\"", "host:port"] },
        { "roles = [server], plane-port = 70000", ["clustertrain.plane-port", "70000", "65535"] },
        { "roles = [server], workers = many", ["clustertrain.workers", "many", "1024"] },
        { "roles = [server], allow-plaintext = perhaps", ["clustertrain.allow-plaintext", "perhaps", "true, false"] },
        { "roles = [server], host = \"10.0.0.5\"", ["clustertrain.host", "10.0.0.5", "tls", "allow-plaintext"] },
        { "roles = [server], bind = \"0.0.0.0\"", ["clustertrain.bind", "0.0.0.0", "allow-plaintext"] },
        { "roles = [server], tls { certificate = \"missing.pfx\" }", ["clustertrain.tls.certificate", "missing.pfx", "clustertrain.tls.ca", "is missing"] },
        { "roles = [server], tls { certificat = \"x\" }", ["clustertrain.tls.certificat", "did you mean 'certificate'"] },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Read_WrongValue_IsNamedWithWhatIsAllowed(string text, string[] expected)
    {
        var report = string.Join('\n', Problems($"clustertrain {{ {text} }}"));

        Assert.All(expected, part => Assert.Contains(part, report, StringComparison.Ordinal));
        Assert.Contains("node.conf", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SeveralWrong_AreReportedTogether() =>
        Assert.Equal(3, Problems("clustertrain { roles = [server], plane-port = x, remoting-port = y, hots = z }").Count);

    [Fact]
    public void Read_NoHocon_SaysSo() => Assert.Contains("HOCON", Assert.Single(Problems("clustertrain { roles = ${nowhere} }")), StringComparison.Ordinal);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("::1")]
    public void Read_Loopback_NeedsNoTls(string host) => Assert.Equal(host, Read($"clustertrain {{ roles = [server], host = \"{host}\" }}").Host);

    [Fact]
    public void Read_PlaintextAllowedInSoManyWords_IsTaken() =>
        Assert.True(Read("clustertrain { roles = [server], host = \"10.0.0.5\", allow-plaintext = true }").AllowPlaintext);

    private IReadOnlyList<string> Problems(string text) => Assert.Throws<NodeSettingsException>(() => Read(text)).Problems;

    private NodeSettings Read(string text)
    {
        File.WriteAllText(_folder["node.conf"], text);
        return NodeSettingsFile.Read(_folder["node.conf"], _variables.GetValueOrDefault);
    }
}

using System.Diagnostics;

namespace ClusterTrain.Node.Tests.Clusters;

/// <summary>Hosts of their own for processes of this machine: network namespaces on one bridge, each with its address.</summary>
internal sealed class SeparateHosts : IDisposable
{
    private static int _groups;
    private readonly string _bridge = $"ct{Environment.ProcessId % 100_000}b{Interlocked.Increment(ref _groups)}";
    private readonly int _subnet = (Environment.ProcessId % 200) + 20;
    private readonly List<string> _hosts = [];

    public SeparateHosts()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "network namespaces are Linux's");
        var (code, error) = Ip("link", "add", _bridge, "type", "bridge");
        Assert.SkipWhen(code != 0, $"network namespaces are not permitted here: {error}");
        Must("link", "set", _bridge, "up");
    }

    /// <summary>Adds a host; its number.</summary>
    public int Add()
    {
        var number = _hosts.Count + 1;
        var (name, outside, inside) = ($"{_bridge}n{number}", $"{_bridge}v{number}", $"{_bridge}i{number}");
        var (code, error) = Ip("netns", "add", name);
        Assert.SkipWhen(code != 0, $"network namespaces are not permitted here: {error}");
        _hosts.Add(name);
        Must("link", "add", outside, "type", "veth", "peer", "name", inside);
        Must("link", "set", outside, "master", _bridge, "up");
        Must("link", "set", inside, "netns", name);
        Must("-n", name, "address", "add", $"{AddressOf(number)}/24", "dev", inside);
        Must("-n", name, "link", "set", inside, "up");
        Must("-n", name, "link", "set", "lo", "up");
        return number;
    }

    public string AddressOf(int host) => $"10.{_subnet}.{_groups % 250}.{host}";

    /// <summary>Words that start a program on a host.</summary>
    public IReadOnlyList<string> On(int host) => ["ip", "netns", "exec", _hosts[host - 1]];

    /// <summary>Gives hosts names, the same on all that are there: what resolves them is a file of each.</summary>
    public void Name(IEnumerable<(string Name, int Host)> names)
    {
        var text = string.Concat(names.Select(name => $"{AddressOf(name.Host)} {name.Name}\n"));
        foreach (var host in _hosts)
        {
            Directory.CreateDirectory(Names(host));
            File.WriteAllText(Path.Combine(Names(host), "hosts"), "127.0.0.1 localhost\n" + text);
        }
    }

    /// <summary>Lets this process reach the hosts too.</summary>
    public void Join() => Must("address", "add", $"{AddressOf(254)}/24", "dev", _bridge);

    /// <summary>Pulls a host's plug.</summary>
    public void Cut(int host) => Must("link", "set", $"{_bridge}v{host}", "down");

    /// <summary>Puts it back in.</summary>
    public void Heal(int host) => Must("link", "set", $"{_bridge}v{host}", "up");

    public void Dispose()
    {
        foreach (var host in _hosts)
        {
            Ip("netns", "delete", host);
            if (Directory.Exists(Names(host))) Directory.Delete(Names(host), recursive: true);
        }

        Ip("link", "delete", _bridge);
    }

    // Where "ip netns exec" takes a namespace's own files of /etc from.
    private static string Names(string host) => Path.Combine("/etc/netns", host);

    private static void Must(params string[] words)
    {
        var (code, error) = Ip(words);
        Assert.True(code == 0, $"ip {string.Join(' ', words)}: {error}");
    }

    private static (int Code, string Error) Ip(params string[] words)
    {
        try
        {
            using var ip = Process.Start(new ProcessStartInfo("ip", words) { UseShellExecute = false, RedirectStandardError = true })!;
            var error = ip.StandardError.ReadToEnd();
            ip.WaitForExit();
            return (ip.ExitCode, error.Trim());
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return (1, missing.Message);
        }
    }
}

using System.Globalization;
using System.Text.RegularExpressions;
using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Node.Tests.Clusters;
using YamlDotNet.RepresentationModel;

namespace ClusterTrain.Node.Tests.Kubernetes;

/// <summary>
/// A rendered overlay's pods as processes, each on a host of its own: the words, the environment and the mounted files are the
/// manifest's, and names are those of its services. Folders of volumes lie under the tests' own, and paths are changed for them.
/// </summary>
internal sealed partial class Pods(Shell shell, SeparateHosts hosts, string overlay) : IDisposable
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly IReadOnlyList<YamlMappingNode> _objects = Yaml.Documents(RenderedOverlay.Of(overlay));
    private readonly Dictionary<string, int> _hosts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ProgramProcess> _running = new(StringComparer.Ordinal);

    /// <summary>What users and nodes must know; what <c>kubectl create secret</c> would hold.</summary>
    public ClusterSecret Secret { get; } = ClusterSecret.Make();

    /// <summary>Replaces a file of a ConfigMap, as a user's own file does before <c>kubectl apply</c>.</summary>
    public Dictionary<string, string> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>Starts a pod of a workload by its name; again on its host, with its volumes, where it was before.</summary>
    /// <param name="workload">Kind/name.</param>
    /// <param name="name">The pod's.</param>
    public ProgramProcess Start(string workload, string name)
    {
        var template = Object(workload).At("spec.template.spec")!;
        var container = template.List("containers").Single();
        if (!_hosts.TryGetValue(name, out var host)) _hosts[name] = host = hosts.Add();
        hosts.Name(_hosts.Where(pod => pod.Key.Contains("server", StringComparison.Ordinal))
            .SelectMany(pod => new[] { ($"{pod.Key}.clustertrain-server", pod.Value), ("clustertrain-server", pod.Value) }));
        var mounts = container.List("volumeMounts").ToDictionary(mount => mount.Text("mountPath")!, mount => mount.Text("name")!, StringComparer.Ordinal);
        var paths = new Regex($@"(?<![\w/.-])({string.Join('|', mounts.Keys.Select(Regex.Escape).OrderByDescending(path => path.Length))})(?![\w-])");
        foreach (var volume in mounts.Values)
            Fill(template.List("volumes").FirstOrDefault(item => item.Text("name") == volume), Volume(name, volume), Here);

        var process = new ProgramProcess(
            shell.Folder, Variables(container, name, host).Select(variable => (variable.Key, Here(variable.Value))), hosts.On(host),
            container.List("args").Select(arg => Here($"{arg}")));
        return _running[name] = process;

        string Here(string text) => paths.Replace(text, match => Volume(name, mounts[match.Value]));
    }

    /// <summary>What a probe of the pod's container hears; 0 where nobody answers.</summary>
    /// <param name="workload">Kind/name.</param>
    /// <param name="name">The pod's.</param>
    /// <param name="probe">readinessProbe, livenessProbe or startupProbe.</param>
    public int Probe(string workload, string name, string probe)
    {
        var container = Object(workload).At("spec.template.spec").List("containers").Single();
        var asked = container.At(probe + ".httpGet");
        var port = container.List("ports").Single(port => port.Text("name") == asked.Text("port")).Text("containerPort");
        try
        {
            using var answer = Http.Send(new HttpRequestMessage(HttpMethod.Get, $"http://{hosts.AddressOf(_hosts[name])}:{port}{asked.Text("path")}"));
            return (int)answer.StatusCode;
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
        {
            return 0;
        }
    }

    /// <summary>Tells a pod to end, as Kubernetes does; how it ended.</summary>
    public Outcome Delete(string name)
    {
        _running[name].Signal("TERM");
        return _running[name].Exit();
    }

    /// <summary>A user's command by way of a pod's host, as through a port-forward to it.</summary>
    public Outcome Command(string pod, params string[] args)
    {
        using var program = new ProgramProcess(shell.Folder, [(ClusterSecret.Variable, Secret.Text)], hosts.On(_hosts[pod]), args);
        return program.Exit();
    }

    /// <summary>A pod's volume.</summary>
    public string Volume(string pod, string volume) => shell[$"pods/{pod}/{volume}"];

    public void Dispose()
    {
        foreach (var pod in _running.Values) pod.Dispose();
    }

    private YamlMappingNode Object(string title) => _objects.Single(item => item.Title() == title);

    // Claims and temporary folders are empty at first, and stay.
    private void Fill(YamlNode? volume, string folder, Func<string, string> here)
    {
        Directory.CreateDirectory(folder);
        if (volume.Text("configMap.name") is { } map)
        {
            foreach (var (file, text) in Object($"ConfigMap/{map}").Map("data"))
                File.WriteAllText(Path.Combine(folder, file), Files.GetValueOrDefault(file) ?? here(text));
        }

        if (volume.At("secret") is not { } secret) return;
        var path = Path.Combine(folder, "secret");
        if (File.Exists(path)) return;
        File.WriteAllText(path, Secret.Text);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, (UnixFileMode)int.Parse(secret.Text("defaultMode")!, CultureInfo.InvariantCulture));
    }

    private Dictionary<string, string> Variables(YamlNode container, string name, int host)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var item in container.List("env"))
        {
            var value = item.Text("value") ?? item.Text("valueFrom.fieldRef.fieldPath") switch
            {
                "metadata.name" => name,
                "status.podIP" => hosts.AddressOf(host),
                null when item.Text("valueFrom.resourceFieldRef.resource") is { } resource => WholeCores(container.Text("resources." + resource)!),
                var other => throw new InvalidOperationException($"{item.Text("name")}: what {other} is of a process is not known"),
            };
            variables[item.Text("name")!] = Reference().Replace(value, match => variables[match.Groups[1].Value]);
        }

        return variables;
    }

    // As Kubernetes does for the divisor 1: upwards.
    private static string WholeCores(string quantity) => quantity.EndsWith('m')
        ? $"{(int.Parse(quantity[..^1], CultureInfo.InvariantCulture) + 999) / 1000}" : quantity;

    [GeneratedRegex(@"\$\((\w+)\)")]
    private static partial Regex Reference();
}

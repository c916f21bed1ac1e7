using System.Reflection;
using System.Text.Json;
using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests.Architecture;

/// <summary>A project under <c>src</c>, and all that it may know, directly or through others.</summary>
/// <param name="Name">The project's, which is its root namespace.</param>
/// <param name="Knows">The other rooms whose code it may see.</param>
/// <param name="Packages">How the names of packages may start that it may see.</param>
/// <param name="Frameworks">Shared frameworks beside .NET itself.</param>
/// <param name="Never">How the full names of types start that its own code never names.</param>
internal sealed record Room(string Name, string[] Knows, string[] Packages, string[] Frameworks, string[] Never)
{
    private const string Numerics = "ClusterTrain.Numerics";
    private const string Training = "ClusterTrain.Training";
    private const string Runs = "ClusterTrain.Runs";
    private const string Studies = "ClusterTrain.Studies";
    private const string Cluster = "ClusterTrain.Cluster";
    private const string Actors = "ClusterTrain.Actors";

    // What specs and data sets are read with.
    private static readonly string[] Files = ["Sep", "csFastFloat", "StbImageSharp", "System.IO.Hashing", "YamlDotNet"];

    // What Akka.NET brings along.
    private static readonly string[] Akka =
        ["Akka", "Hyperion", "DotNetty.", "Google.Protobuf", "Newtonsoft.Json", "Microsoft.Extensions.", "Microsoft.Win32.", "System."];

    private static readonly string[] User = ["System.Console"];

    private static readonly string[] Network = ["System.Net.Http", "System.Net.Sockets.", "System.Net.Security."];

    private static readonly string[] LayerMath =
        [.. new[] { "Layers", "Losses", "Replicas", "Augmentation", "Elementwise", "Fixed", "Optimizers" }.Select(folder => $"{Numerics}.{folder}.")];

    public static IReadOnlyList<Room> All { get; } =
    [
        new(
            Numerics, [], ["MathNet.Numerics.Providers.MKL"], [],
            [
                .. User, "System.IO.", "System.Net.", "System.Threading.Thread", "System.Threading.Tasks.", "System.Threading.Timer",
                "System.TimeProvider", "System.DateTime", "System.Diagnostics.Stopwatch", "Microsoft.Extensions.", "System.Random",
            ]),
        new(Training, [Numerics], Files, [], [.. User, "System.Net.Sockets.", "System.Net.HttpListener"]),
        new(Runs, [Numerics, Training], Files, [], [.. User, .. Network]),
        new(Studies, [Numerics, Training, Runs], [.. Files, "MathNet.Numerics"], [], [.. User, .. Network]),
        new(Cluster, [Numerics, Training], Files, ["Microsoft.AspNetCore.App"], [.. User, .. LayerMath]),
        new(Actors, [Numerics, Training, Cluster], [.. Files, .. Akka], ["Microsoft.AspNetCore.App"], [.. User, .. LayerMath]),
        new(
            "ClusterTrain.Node", [Numerics, Training, Runs, Studies, Cluster, Actors],
            [.. Files, "MathNet.Numerics", "System.CommandLine", "Spectre.Console", .. Akka], ["Microsoft.AspNetCore.App"], ["Akka."]),
    ];

    /// <summary>The compiled room, beside the tests.</summary>
    public Assembly Assembly => Name == "ClusterTrain.Node" ? typeof(CommandLine).Assembly : Assembly.Load(Name);

    public string Folder => Path.Combine(Repository.Root, "src", Name);

    /// <summary>
    /// Names of all projects and packages that its compiler or its program is given: as restored, so with whatever imported files and
    /// other projects add. Analyzers, which give it nothing, excepted.
    /// </summary>
    public IEnumerable<string> Restored()
    {
        using var assets = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "obj", "project.assets.json")));
        return
        [
            .. assets.RootElement.GetProperty("targets").EnumerateObject().SelectMany(target => target.Value.EnumerateObject())
                .Where(library => library.Value.TryGetProperty("compile", out _) || library.Value.TryGetProperty("runtime", out _))
                .Select(library => library.Name.Split('/')[0]).Distinct(),
        ];
    }

    /// <summary>Shared frameworks that its compiler is given.</summary>
    public IEnumerable<string> RestoredFrameworks()
    {
        using var assets = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "obj", "project.assets.json")));
        return
        [
            .. assets.RootElement.GetProperty("project").GetProperty("frameworks").EnumerateObject()
                .SelectMany(framework => framework.Value.GetProperty("frameworkReferences").EnumerateObject()).Select(reference => reference.Name),
        ];
    }

    public bool MaySee(string name) => Knows.Contains(name) || Packages.Any(start => name.StartsWith(start, StringComparison.Ordinal));
}

using System.Text.RegularExpressions;
using System.Xml.Linq;
using ClusterTrain.Cluster.Nodes;

namespace ClusterTrain.Node.Tests.Kubernetes;

/// <summary>What the Dockerfile says of the repository and the program is true: there is no daemon here to build it with.</summary>
public sealed class ImageTests
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(Repository.Root, "Dockerfile"));

    [Fact]
    public void Dockerfile_EverySource_ExistsAndIsLetIn()
    {
        var letIn = File.ReadAllLines(Path.Combine(Repository.Root, ".dockerignore"))
            .Where(line => line.StartsWith('!')).Select(line => line[1..]).ToList();

        var sources = Said("COPY").Where(words => !words.StartsWith("--from", StringComparison.Ordinal)).SelectMany(words => words.Split(' ')[..^1]).ToList();

        Assert.NotEmpty(sources);
        Assert.All(sources, source => Assert.True(Path.Exists(Path.Combine(Repository.Root, source)), source));
        Assert.Equal(sources.Order(StringComparer.Ordinal), letIn.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Dockerfile_FilesThatProjectsTakeFromOutsideSrc_AreCopied()
    {
        var copied = Said("COPY").Where(words => !words.StartsWith("--from", StringComparison.Ordinal)).SelectMany(words => words.Split(' ')[..^1]).ToList();
        var taken = Repository.Projects.SelectMany(project => XDocument.Load(project).Descendants().Attributes("Include")
                .Where(include => include.Value.StartsWith("../../", StringComparison.Ordinal)).Select(include => include.Value["../../".Length..]))
            .Concat(Directory.EnumerateFiles(Repository.Root, "Directory.*").Append(Path.Combine(Repository.Root, "global.json")).Select(Path.GetFileName)).ToList();

        Assert.Contains(taken, file => file!.StartsWith("cluster-config/studies/", StringComparison.Ordinal));
        Assert.All(taken, file => Assert.Contains(copied, source => file == source || file!.StartsWith(source + "/", StringComparison.Ordinal)));
        Assert.All(Repository.Projects, project => Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(project)!, "packages.lock.json")), project));
    }

    [Fact]
    public void Dockerfile_Program_IsTheAssemblyAndNotRoots()
    {
        Assert.Equal([$"[\"/app/{typeof(Program).Assembly.GetName().Name}\"]"], Said("ENTRYPOINT"));
        Assert.Equal(["$APP_UID"], Said("USER"));
        Assert.True(Array.FindIndex(Lines, line => line.StartsWith("USER ", StringComparison.Ordinal)) > Array.FindLastIndex(Lines, line => line.StartsWith("RUN ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Dockerfile_Ports_AreTheProgramsDefaults()
    {
        var settings = new NodeSettings { Roles = [], Seeds = [] };

        Assert.Equal([$"{settings.RemotingPort} {settings.PlanePort}"], Said("EXPOSE"));
    }

    [Fact]
    public void Secrets_EachWithItsKeys_AreInTheDocumentation()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs/kubernetes.md"));

        Assert.All(UserSecrets.Keys, secret => Assert.Matches($"create secret generic {Regex.Escape(secret.Key)} .*{string.Join(".*", secret.Value.Select(Regex.Escape))}", page));
    }

    private static IEnumerable<string> Said(string instruction) =>
        Lines.Where(line => line.StartsWith(instruction + " ", StringComparison.Ordinal)).Select(line => line[(instruction.Length + 1)..]);
}

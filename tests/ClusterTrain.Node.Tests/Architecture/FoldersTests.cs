using System.Text.RegularExpressions;
using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Node.Tests.Architecture;

/// <summary>Inside a project, too, knowledge goes one way.</summary>
public sealed partial class FoldersTests
{
    // Folders whose files still have the namespace of the folder above. Nothing may be added here.
    private static readonly string[] Nameless =
    [
        "ClusterTrain.Numerics/Attacks/Apgd", "ClusterTrain.Numerics/Attacks/Squares",
    ];

    [Fact]
    public void Folders_OfEveryProject_DependOnEachOtherInNoCircle()
    {
        var explained = new List<string>();
        foreach (var room in Room.All)
        {
            var graph = FolderGraph.Of(room.Assembly, room.Name, Sources(room.Name));
            explained.AddRange(graph.Circles().Select(circle =>
                $"{room.Name}: {string.Join(" - ", circle)}{Environment.NewLine}{graph.Explain(circle)}"));
        }

        Assert.True(explained.Count == 0, string.Join(Environment.NewLine, explained));
    }

    [Theory]
    [InlineData("using ClusterTrain.Numerics.Networks;")]
    [InlineData("global using ClusterTrain.Numerics.Networks;")]
    public void Circles_UsingThatClosesOne_AreFound(string planted)
    {
        var plain = Numerics([]);
        Assert.Contains("Randomness", plain.Uses["Networks"].Keys);
        Assert.DoesNotContain(plain.Circles(), circle => circle.Contains("Randomness"));

        var closed = Numerics([("Philox.cs", $"{planted}\n\nnamespace ClusterTrain.Numerics.Randomness;\n")]);

        Assert.Contains(closed.Circles(), circle => circle.Contains("Randomness") && circle.Contains("Networks"));
    }

    // What the compiled assembly alone shows, without any using: a base type, a call in a method's body, a type in a signature.
    [Fact]
    public void Uses_OfACompiledProject_AreSeenWithoutSources()
    {
        var graph = FolderGraph.Of(typeof(FoldersTests).Assembly, "ClusterTrain.Node.Tests", []);

        Assert.Contains(".", graph.Uses["Commands"].Keys);
        Assert.Contains("Cli", graph.Uses["Commands"].Keys);
        Assert.DoesNotContain("Architecture", graph.Uses["Commands"].Keys);
    }

    [Fact]
    public void Namespaces_OfAllSources_AreTheirFolders()
    {
        var wrong = Repository.Files("src", "*.cs").Select(path => (
            Path: Path.GetRelativePath(Path.Combine(Repository.Root, "src"), path), Namespace: Namespace().Match(File.ReadAllText(path)).Groups[1].Value))
            .Where(file => file.Namespace.Length > 0 && file.Namespace != Path.GetDirectoryName(file.Path)!.Replace(Path.DirectorySeparatorChar, '.'));

        Assert.Equal(Nameless, wrong.Select(file => Path.GetDirectoryName(file.Path)!).Distinct().Order(StringComparer.Ordinal));
    }

    private static FolderGraph Numerics(IEnumerable<(string, string)> planted) =>
        FolderGraph.Of(typeof(Network).Assembly, "ClusterTrain.Numerics", Sources("ClusterTrain.Numerics").Concat(planted));

    private static IEnumerable<(string Path, string Text)> Sources(string project) =>
        Repository.Files(Path.Combine("src", project), "*.cs").Select(path => (path, File.ReadAllText(path)));

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}

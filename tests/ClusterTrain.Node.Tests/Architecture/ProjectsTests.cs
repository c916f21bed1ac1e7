using System.Xml.Linq;

namespace ClusterTrain.Node.Tests.Architecture;

/// <summary>The direction of knowledge, as the project files have it.</summary>
public sealed class ProjectsTests
{
    /// <summary>Each room, and those that it may know.</summary>
    private static readonly Dictionary<string, string[]> Rooms = new()
    {
        ["ClusterTrain.Numerics"] = [],
        ["ClusterTrain.Training"] = ["ClusterTrain.Numerics"],
        ["ClusterTrain.Runs"] = ["ClusterTrain.Numerics", "ClusterTrain.Training"],
        ["ClusterTrain.Studies"] = ["ClusterTrain.Numerics", "ClusterTrain.Training", "ClusterTrain.Runs"],
        ["ClusterTrain.Cluster"] = ["ClusterTrain.Numerics", "ClusterTrain.Training"],
        ["ClusterTrain.Actors"] = ["ClusterTrain.Numerics", "ClusterTrain.Training", "ClusterTrain.Cluster"],
        ["ClusterTrain.Node"] =
        [
            "ClusterTrain.Numerics", "ClusterTrain.Training", "ClusterTrain.Runs", "ClusterTrain.Studies", "ClusterTrain.Cluster",
            "ClusterTrain.Actors",
        ],
    };

    [Fact]
    public void Projects_UnderSrc_AreTheRooms() =>
        Assert.Equal(Rooms.Keys.Order(StringComparer.Ordinal), Repository.Projects.Select(Name).Order(StringComparer.Ordinal));

    [Fact]
    public void ProjectReferences_OfEveryRoom_AreTheOnesItMayKnow()
    {
        foreach (var project in Repository.Projects)
            Assert.All(Items(project, "ProjectReference").Select(Name), known => Assert.True(
                Rooms[Name(project)].Contains(known), $"{Name(project)} must not know {known}"));
    }

    [Fact]
    public void Packages_OfTheInnerRooms_AreTheOnesTheyMayKnow()
    {
        Assert.Empty(Packages("ClusterTrain.Numerics").Except(["MathNet.Numerics.Providers.MKL"]));
        Assert.Empty(Packages("ClusterTrain.Training").Except(["YamlDotNet"]));
        Assert.Empty(Packages("ClusterTrain.Runs"));
        Assert.Empty(Packages("ClusterTrain.Studies").Except(["MathNet.Numerics"]));
        Assert.DoesNotContain(
            Rooms.Keys.Except(["ClusterTrain.Actors"]).SelectMany(Packages), package => package.StartsWith("Akka", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ClusterTrain.Numerics")]
    [InlineData("ClusterTrain.Training")]
    [InlineData("ClusterTrain.Runs")]
    [InlineData("ClusterTrain.Studies")]
    public void BannedSymbols_WhereBitsAreMade_AreWatched(string room)
    {
        var project = Repository.Projects.Single(path => Name(path) == room);

        Assert.Contains("BannedSymbols.txt", Items(project, "AdditionalFiles").Select(Path.GetFileName));
        var banned = File.ReadAllText(Path.Combine(Repository.Root, "src", "BannedSymbols.txt"));
        foreach (var symbol in (string[])["System.DateTime.Now", "System.DateTime.UtcNow", "System.Diagnostics.Stopwatch", "System.Random", "System.Guid.NewGuid", "System.MathF.Exp"])
            Assert.Contains($":{symbol}", banned, StringComparison.Ordinal);
    }

    [Fact]
    public void SourceFiles_UnderSrc_AreShortEnoughToRead() => Assert.All(
        Repository.Files("src", "*.cs"),
        path => Assert.True(File.ReadLines(path).Count() <= 350, $"{path} has {File.ReadLines(path).Count()} lines"));

    private static IEnumerable<string> Packages(string room) =>
        Repository.Projects.Where(path => Name(path) == room).SelectMany(path => Items(path, "PackageReference"));

    private static IEnumerable<string> Items(string project, string kind) => XDocument.Load(project).Descendants()
        .Where(element => element.Name.LocalName == kind)
        .Select(element => element.Attribute("Include")!.Value.Replace('\\', '/'));

    private static string Name(string path) => Path.GetFileNameWithoutExtension(path);
}

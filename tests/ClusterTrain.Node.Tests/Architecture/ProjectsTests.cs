using System.Xml.Linq;

namespace ClusterTrain.Node.Tests.Architecture;

/// <summary>The direction of knowledge, as the project files have it.</summary>
public sealed class ProjectsTests
{
    /// <summary>Each may know those before it.</summary>
    private static readonly string[] Rooms =
        ["ClusterTrain.Numerics", "ClusterTrain.Training", "ClusterTrain.Cluster", "ClusterTrain.Actors", "ClusterTrain.Node"];

    [Fact]
    public void Projects_UnderSrc_AreTheRooms()
    {
        Assert.Subset(Rooms.ToHashSet(), Repository.Projects.Select(Name).ToHashSet());
        Assert.Superset(new HashSet<string> { Rooms[0], Rooms[1], Rooms[4] }, Repository.Projects.Select(Name).ToHashSet());
    }

    [Fact]
    public void ProjectReferences_OfEveryRoom_PointToEarlierRooms()
    {
        foreach (var project in Repository.Projects)
            Assert.All(Items(project, "ProjectReference").Select(Name), known => Assert.True(
                Array.IndexOf(Rooms, known) < Array.IndexOf(Rooms, Name(project)), $"{Name(project)} must not know {known}"));
    }

    [Fact]
    public void Packages_OfTheInnerRooms_AreTheOnesTheyMayKnow()
    {
        Assert.Empty(Packages(Rooms[0]).Except(["MathNet.Numerics.Providers.MKL"]));
        Assert.Empty(Packages(Rooms[1]).Except(["MathNet.Numerics", "YamlDotNet"]));
        Assert.DoesNotContain(Rooms.Take(3).SelectMany(Packages), package => package.StartsWith("Akka", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ClusterTrain.Numerics")]
    [InlineData("ClusterTrain.Training")]
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

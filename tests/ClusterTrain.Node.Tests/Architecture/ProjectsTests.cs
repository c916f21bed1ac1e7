using System.Xml.Linq;

namespace ClusterTrain.Node.Tests.Architecture;

/// <summary>What the project files promise.</summary>
public sealed class ProjectsTests
{
    [Fact]
    public void Projects_UnderSrc_AreTheRooms() =>
        Assert.Equal(Room.All.Select(room => room.Name).Order(StringComparer.Ordinal), Repository.Projects.Select(Name).Order(StringComparer.Ordinal));

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

    private static IEnumerable<string> Items(string project, string kind) => XDocument.Load(project).Descendants()
        .Where(element => element.Name.LocalName == kind)
        .Select(element => element.Attribute("Include")!.Value.Replace('\\', '/'));

    private static string Name(string path) => Path.GetFileNameWithoutExtension(path);
}

using ClusterTrain.Training.Data;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Training.Tests.Data;

/// <summary>The real files, where this machine has them.</summary>
public sealed class RealDataTests
{
    [Theory]
    [InlineData("mnist", "1fd52f0491db1ab3d6ba51f89c69231b76f0ae5c465adaac940d86488b84753e")]
    [InlineData("fashion-mnist", "0bb0df6608371894a7306d0ebf95c9257809f4c6cca3bf659a09cfda02c524aa")]
    public void Load_RealFiles_MatchChecksumsAndThePinnedHash(string name, string hash)
    {
        var locations = Locations();
        if (locations.Find(name) is null)
            Assert.Skip($"no folder '{name}' in {DataLocations.Variable} or beside the checkout");
        var data = DatasetLoader.Load(new DataSpec { Name = name, Validation = 10_000 }, locations);
        Assert.Equal((50_000, 10_000, 10_000), (data.Train.Rows, data.Validation.Rows, data.Test.Rows));
        Assert.Equal(hash, data.Hash);
        Assert.InRange(data.Validation.Labels.CountBy(label => label).Min(pair => pair.Value), 800, 1000);
    }

    /// <summary>The environment's folder, or <c>shared/data</c> beside any folder above the tests.</summary>
    internal static DataLocations Locations()
    {
        var folders = new List<string>();
        if (Environment.GetEnvironmentVariable(DataLocations.Variable) is { Length: > 0 } named) folders.Add(named);
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            folders.Add(Path.Combine(folder.FullName, "shared", "data"));
        return new DataLocations(folders);
    }
}

using ClusterTrain.Training.Data;
using ClusterTrain.Training.Data.Caching;
using ClusterTrain.Training.Data.Sources;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Training.Tests.Data.Caching;

/// <summary>Rows that are kept from one start to the next, of files that other programs wrote.</summary>
public sealed class RowCacheTests : IDisposable
{
    private readonly OwnFiles _files = new();
    private readonly TestFolder _cache = new();
    private readonly HandClock _time = new();
    private readonly List<string> _notes = [];

    public void Dispose()
    {
        _files.Dispose();
        _cache.Dispose();
    }

    [Theory]
    [InlineData("colour-png")]
    [InlineData("grey-png")]
    [InlineData("table-csv")]
    public void Load_SecondStart_OpensNoFile(string name)
    {
        var first = Load(name);
        foreach (var file in Files(name)) Replace(file, content => Array.Fill(content, (byte)7), keepsTime: true);

        var second = Load(name);

        Assert.Equal(first.Hash, second.Hash);
        Assert.Equal(first.Train.Inputs.Span, second.Train.Inputs.Span);
        Assert.Equal(first.Test.Labels, second.Test.Labels);
        Assert.Equal(first.ClassNames, second.ClassNames);
        Assert.Equal(first.Range.Highest, second.Range.Highest);
        Assert.Empty(_notes);
        Assert.ThrowsAny<DataException>(() => Load(name, new DataLocations([_files.FullPath])));
    }

    [Fact]
    public void Load_KeptRows_AreThoseOfTheFilesInEveryPart()
    {
        var (first, second) = (Source("table-csv"), Source("table-csv"));

        Assert.Equal(first.ColumnNames, second.ColumnNames);
        Assert.Equal(first.Train.AllValues, second.Train.AllValues);
        Assert.Equal((first.Classes, first.IsTable, first.Test.Rows), (second.Classes, second.IsTable, second.Test.Rows));
    }

    [Fact]
    public void Load_ByteOfOnePictureChangedWithTheSameSize_IsSeen()
    {
        Load("grey-png");
        Replace(Files("grey-png")[0], content => content[^20] ^= 1, keepsTime: false);

        Assert.Contains("damaged", Assert.Single(Assert.Throws<DataException>(() => Load("grey-png")).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_DigitOfATableChangedWithTheSameSize_IsSeen()
    {
        var first = Load("table-csv").Hash;
        Replace(Files("table-csv")[0], content => content[Array.FindLastIndex(content, b => b is >= (byte)'1' and <= (byte)'8')]++, keepsTime: false);

        Assert.NotEqual(first, Load("table-csv").Hash);
    }

    [Fact]
    public void Load_FileAddedOrGone_IsSeen()
    {
        var first = Load("grey-png");
        var picture = Files("grey-png").First(path => path.StartsWith(_files["grey-png", "train"], StringComparison.Ordinal));
        File.Copy(picture, Path.Combine(Path.GetDirectoryName(picture)!, "zz.png"));

        Assert.Equal(first.Train.Rows + 1, Load("grey-png").Train.Rows);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.01)]
    [InlineData(0.2)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    [InlineData(1.0)]
    public void Load_DamagedCache_IsNotBelieved(double where)
    {
        var first = Load("grey-png").Hash;
        var kept = Assert.Single(Kept());
        Replace(kept, content => content[(int)(where * (content.Length - 1))] ^= 1, keepsTime: true);

        Assert.Equal(first, Load("grey-png").Hash);
        Assert.True(_notes.Count <= 1, string.Join(Environment.NewLine, _notes));
        Assert.Equal(first, Load("grey-png").Hash);
        Assert.True(_notes.Count <= 1, "the damaged rows were not replaced");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(200)]
    public void Load_TornCache_IsNotBelieved(int length)
    {
        var first = Load("grey-png").Hash;
        var kept = Assert.Single(Kept());
        File.WriteAllBytes(kept, File.ReadAllBytes(kept)[..length]);

        Assert.Equal(first, Load("grey-png").Hash);
        Assert.Contains("read anew", Assert.Single(_notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_PlaceThatCannotBeWritten_ReadsTheFilesAndSaysSoOnce()
    {
        File.WriteAllText(_cache["file"], "no folder");
        var cache = new RowCache(_cache["file", "below"], _time, _notes.Add) { LeastBytes = 1 };

        var data = Load("grey-png", new DataLocations([_files.FullPath]) { Cache = cache });

        Assert.Equal(Load("grey-png").Hash, data.Hash);
        Assert.Contains("rows are not kept for the next start", Assert.Single(_notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_MoreSetsThanAreKept_DropsThoseThatWereUsedLongestAgo()
    {
        foreach (var name in new[] { "grey-png", "colour-png", "grey-png", "table-csv" })
        {
            _time.Now += TimeSpan.FromMinutes(1);
            Load(name, most: 2);
        }

        Assert.Equal(2, Kept().Length);
        foreach (var file in Files("grey-png")) Replace(file, content => Array.Fill(content, (byte)7), keepsTime: true);
        Assert.Equal(3, Load("grey-png").Classes);
    }

    [Fact]
    public void Load_SmallOrJustChangedFiles_KeepsNothing()
    {
        Load("grey-png", new DataLocations([_files.FullPath]) { Cache = new RowCache(_cache.Path, _time, _notes.Add) });
        _time.Now = File.GetLastWriteTimeUtc(Files("table-csv")[0]) + TimeSpan.FromSeconds(1);
        Load("table-csv");

        Assert.Empty(Kept());
    }

    [Fact]
    public void Load_KeptRows_AreForTheUserAlone()
    {
        Load("grey-png");

        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Assert.Single(Kept())));
        Assert.Equal(Kept(), Directory.GetFiles(_cache.Path));
    }

    [Theory]
    [InlineData("here", "cache", "home", "here")]
    [InlineData("", "cache", "home", "cache/clustertrain")]
    [InlineData("", "", "home", "home/.cache/clustertrain")]
    [InlineData("off", "cache", "home", null)]
    [InlineData("", "", "", null)]
    public void Of_Variables_GiveThePlace(string own, string cache, string home, string? place)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has one variable for it.");
        string? Variable(string name) => name switch { RowCache.Variable => own, "XDG_CACHE_HOME" => Rooted(cache), "HOME" => Rooted(home), _ => null };
        string Rooted(string name) => name.Length == 0 ? name : _cache[name];

        var found = RowCache.Of(Variable, _cache.Path, _time, _notes.Add);

        Assert.Equal(place is null ? null : _cache[place], found?.Folder);
    }

    private Dataset Load(string name, int most = 8) => Load(name, Locations(most));

    private DatasetSource Source(string name) => DatasetLoader.Open(name, Locations(8)).Source;

    private DataLocations Locations(int most) => new([_files.FullPath])
    {
        Cache = new RowCache(_cache.Path, _time, _notes.Add) { LeastBytes = 1, MostSets = most },
    };

    private static Dataset Load(string name, DataLocations locations) => DatasetLoader.Load(new DataSpec { Name = name, Validation = 4 }, locations);

    private string[] Files(string name) => [.. Directory.GetFiles(_files[name], "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private string[] Kept() => Directory.GetFiles(_cache.Path, "*.rows");

    private static void Replace(string path, Action<byte[]> change, bool keepsTime)
    {
        var (time, content) = (File.GetLastWriteTimeUtc(path), File.ReadAllBytes(path));
        change(content);
        File.WriteAllBytes(path, content);
        File.SetLastWriteTimeUtc(path, keepsTime ? time : time.AddTicks(10));
    }

    private sealed class HandClock : TimeProvider
    {
        // Later than any file that a test makes.
        public DateTime Now { get; set; } = new(2100, 1, 1, 0, 0, 0, DateTimeKind.Utc);

        public override DateTimeOffset GetUtcNow() => new(Now);
    }
}

using System.Net;
using System.Security.Cryptography;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Data.Fetching;
using ClusterTrain.Training.Data.Idx;
using ClusterTrain.Training.Data.Sources;

namespace ClusterTrain.Training.Tests.Data;

public sealed class DataFetcherTests : IDisposable
{
    private static readonly byte[] Content = IdxFiles.Images(300, 28, 28);
    private static readonly byte[] Packed = IdxFiles.Gzip(Content);

    private static readonly KnownDataset Tiny = new(
        "tiny", 300, 300, [1, 28, 28], 10, new Uri("http://mirror.example/tiny/"),
        [File(IdxFileNames.TrainImages), File(IdxFileNames.TestImages)]);

    private readonly TestFolder _folder = new();
    private readonly FakeMirror _mirror = new();
    private readonly ImpatientTime _time = new();

    public DataFetcherTests()
    {
        foreach (var file in Tiny.Files) _mirror.Files[file.Name + ".gz"] = Packed;
    }

    public void Dispose()
    {
        _mirror.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Fetch_EmptyFolder_PutsWholeFilesInPlaceAndReportsProgress()
    {
        var reports = new Reports();
        Assert.Equal(_folder["tiny"], await Fetch(reports));
        Assert.Equal(Packed, InPlace(0));
        Assert.Equal(Packed, InPlace(1));
        AssertNoLeftovers();
        Assert.Equal(2, reports.Seen.Count(report => report.IsComplete));
        var last = reports.Seen.Last(report => !report.IsComplete);
        Assert.Equal((Packed.Length, Packed.Length), (last.Received, last.Total));
    }

    [Fact]
    public async Task Fetch_FilesThere_AsksTheServerForNothing()
    {
        Directory.CreateDirectory(_folder["tiny"]);
        await System.IO.File.WriteAllBytesAsync(_folder["tiny", Tiny.Files[0].Name], Content);
        await Fetch();
        Assert.Equal([Tiny.Files[1].Name + ".gz"], _mirror.Requests);
        await Fetch();
        Assert.Single(_mirror.Requests);
    }

    [Fact]
    public async Task Fetch_OtherFileThere_KeepsItAndSaysSo()
    {
        Directory.CreateDirectory(_folder["tiny"]);
        await System.IO.File.WriteAllTextAsync(_folder["tiny", Tiny.Files[0].Name], "mine");
        Assert.Contains("remove it to fetch it again", await Fails());
        Assert.Equal("mine", await System.IO.File.ReadAllTextAsync(_folder["tiny", Tiny.Files[0].Name]));
    }

    [Fact]
    public async Task Fetch_BodyBreaksOff_GoesOnFromThere()
    {
        _mirror.BreakAfter.Enqueue(1000);
        _mirror.BreakAfter.Enqueue(500);
        await Fetch();
        var name = Tiny.Files[0].Name + ".gz";
        Assert.Equal([name, name + " from 1000", name + " from 1500"], _mirror.Requests[..3]);
        Assert.Equal(Packed, InPlace(0));
        Assert.Equal([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)], _time.Waits);
    }

    [Fact]
    public async Task Fetch_ServerIgnoresRanges_StartsOver()
    {
        _mirror.IgnoresRanges = true;
        _mirror.BreakAfter.Enqueue(1000);
        await Fetch();
        Assert.Equal(Packed, InPlace(0));
    }

    [Fact]
    public async Task Fetch_BreaksOffAgainAndAgain_KeepsWhatItHasForTheNextCall()
    {
        for (var i = 0; i < 4; i++) _mirror.BreakAfter.Enqueue(100);
        Assert.Contains("400 bytes are kept", await Fails());
        Assert.False(System.IO.File.Exists(_folder["tiny", Tiny.Files[0].Name + ".gz"]));

        _mirror.Requests.Clear();
        await Fetch();
        Assert.Equal(Tiny.Files[0].Name + ".gz from 400", _mirror.Requests[0]);
        Assert.Equal(Packed, InPlace(0));
        AssertNoLeftovers();
    }

    [Theory]
    [InlineData(400)]
    [InlineData(5_000_000)]
    public async Task Fetch_LeftoverOfAnotherFile_StartsOver(int length)
    {
        Directory.CreateDirectory(_folder["tiny"]);
        await System.IO.File.WriteAllBytesAsync(_folder["tiny", Tiny.Files[0].Name + ".part.gz"], new byte[length]);
        await Fetch();
        Assert.Equal(Packed, InPlace(0));
        AssertNoLeftovers();
    }

    [Fact]
    public async Task Fetch_LeftoverThatIsWhole_IsPutInPlaceWithoutARequest()
    {
        Directory.CreateDirectory(_folder["tiny"]);
        await System.IO.File.WriteAllBytesAsync(_folder["tiny", Tiny.Files[0].Name + ".part.gz"], Packed);
        await Fetch();
        Assert.Equal([Tiny.Files[1].Name + ".gz"], _mirror.Requests);
        Assert.Equal(Packed, InPlace(0));
    }

    [Fact]
    public async Task Fetch_OtherContent_IsNotKeptAndNamesBothHashes()
    {
        var other = IdxFiles.Images(300, 28, 28, salt: 1);
        _mirror.Files[Tiny.Files[0].Name + ".gz"] = IdxFiles.Gzip(other);
        var problem = await Fails();
        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(other)), problem);
        Assert.Contains(Tiny.Files[0].Sha256, problem);
        Assert.Empty(Directory.GetFiles(_folder["tiny"]));
    }

    [Fact]
    public async Task Fetch_NoGzipAtAll_IsNotKept()
    {
        _mirror.Files[Tiny.Files[0].Name + ".gz"] = "<html>please log in</html>"u8.ToArray();
        Assert.Contains("web page", await Fails());
        Assert.Empty(Directory.GetFiles(_folder["tiny"]));
    }

    [Fact]
    public async Task Fetch_EndlessBody_IsGivenUp()
    {
        _mirror.Files[Tiny.Files[0].Name + ".gz"] = new byte[Content.Length + 1];
        Assert.Contains("longer than", await Fails());
    }

    [Fact]
    public async Task Fetch_Offline_SaysSoAtOnceAndHowToDoWithout()
    {
        _mirror.Unreachable = new HttpRequestException(HttpRequestError.NameResolutionError, "Name or service not known");
        var problem = await Fails();
        Assert.StartsWith("http://mirror.example/tiny/train-images-idx3-ubyte.gz: download failed: Name or", problem);
        Assert.Contains("without a network, put train-images-idx3-ubyte, t10k-images-idx3-ubyte", problem);
        Assert.Single(_mirror.Requests);
        Assert.Empty(Directory.GetFiles(_folder["tiny"]));
    }

    [Fact]
    public async Task Fetch_ServerIsBusyOnce_TriesAgain()
    {
        _mirror.Statuses.Enqueue(HttpStatusCode.ServiceUnavailable);
        await Fetch();
        Assert.Equal(Packed, InPlace(0));
    }

    [Fact]
    public async Task Fetch_FileGone_FailsWithoutTryingAgain()
    {
        _mirror.Files.Clear();
        Assert.Contains("404", await Fails());
        Assert.Single(_mirror.Requests);
    }

    [Fact]
    public async Task Fetch_Cancelled_StopsAndKeepsNoHalfFileUnderItsName()
    {
        using var cancel = new CancellationTokenSource();
        var reports = new Reports(_ => cancel.Cancel());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Fetch(reports, cancel.Token));
        Assert.False(System.IO.File.Exists(_folder["tiny", Tiny.Files[0].Name + ".gz"]));
    }

    [Fact]
    public async Task Fetch_FolderIsAFile_SaysItCannotBeWritten()
    {
        await System.IO.File.WriteAllTextAsync(_folder["tiny"], "");
        Assert.Contains("cannot be written", await Fails());
    }

    private static KnownFile File(string name) =>
        new(name, Content.Length, Convert.ToHexStringLower(SHA256.HashData(Content)));

    private async Task<string> Fetch(IProgress<FetchProgress>? progress = null, CancellationToken cancellation = default)
    {
        using var http = new HttpClient(_mirror, disposeHandler: false);
        return await new DataFetcher(http, _time).FetchAsync(Tiny, _folder.Path, progress, cancellation);
    }

    private async Task<string> Fails() => Assert.Single((await Assert.ThrowsAsync<DataException>(() => Fetch())).Problems);

    private byte[] InPlace(int file) => System.IO.File.ReadAllBytes(_folder["tiny", Tiny.Files[file].Name + ".gz"]);

    private void AssertNoLeftovers() => Assert.Equal(2, Directory.GetFiles(_folder["tiny"]).Length);

    private sealed class Reports(Action<FetchProgress>? onReport = null) : IProgress<FetchProgress>
    {
        public List<FetchProgress> Seen { get; } = [];

        public void Report(FetchProgress value)
        {
            Seen.Add(value);
            onReport?.Invoke(value);
        }
    }
}

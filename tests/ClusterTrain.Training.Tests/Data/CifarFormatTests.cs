using System.Formats.Tar;
using System.Security.Cryptography;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Data.Fetching;
using ClusterTrain.Training.Data.Sources;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Training.Tests.Data;

public sealed class CifarFormatTests : IDisposable
{
    private const int Record = 1 + (3 * 32 * 32);
    private static readonly string[] TrainFiles = [.. Enumerable.Range(1, 5).Select(i => $"data_batch_{i}.bin")];
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("raw")]
    [InlineData("gzip")]
    [InlineData("unpacked")]
    [InlineData("archive")]
    public void Load_AnyWayItLies_IsTheSameDataSet(string layout)
    {
        Lay("first", "raw");
        Lay("own", layout);

        var data = Load("own");

        Assert.Equal(Load("first").Hash, data.Hash);
        Assert.Equal([3, 32, 32], data.InputShape);
        Assert.Equal((30, 5, 7, 4), (data.Train.Rows, data.Validation.Rows, data.Test.Rows, data.Classes));
        Assert.Equal(["cat", "dog", "frog", "ship"], data.ClassNames);
        for (var row = 0; row < 7; row++)
        {
            Assert.Equal(row % 4, data.Test.Labels[row]);
            for (var i = 0; i < 3 * 32 * 32; i += 511) Assert.Equal(Pixel(5, row, i) / 255f, data.Test.Row(row)[i]);
        }
    }

    [Fact]
    public void Load_TwoLabelsARecord_TakesTheSecond()
    {
        Write("own", "train.bin", [.. Enumerable.Range(0, 12).SelectMany(row => new byte[] { 7, (byte)(row % 3) }.Concat(new byte[Record - 1]))]);
        Write("own", "test.bin", [9, 2, .. new byte[Record - 1]]);
        Write("own", "fine_label_names.txt", "apple\nbear\nbed\n"u8.ToArray());

        var data = Load("own");

        Assert.Equal((3, 7, 5), (data.Classes, data.Train.Rows, data.Validation.Rows));
        Assert.Equal([2], data.Test.Labels);
        Assert.Equal(["apple", "bear", "bed"], data.ClassNames);
    }

    [Fact]
    public void Load_WrongFiles_AreAllNamed()
    {
        Lay("own", "raw");
        File.WriteAllBytes(_folder["own", "data_batch_2.bin"], new byte[Record + 1]);
        File.WriteAllBytes(_folder["own", "test_batch.bin"], []);

        var problems = Assert.Throws<DataException>(() => Load("own")).Problems;

        Assert.Equal(2, problems.Count);
        Assert.Equal($"{_folder["own", "data_batch_2.bin"]}: {Record + 1} bytes, which is no number of records of {Record} bytes", problems[0]);
        Assert.StartsWith(_folder["own", "test_batch.bin"] + ": 0 bytes", problems[1]);
    }

    [Fact]
    public void Load_MissingFileOfAKnownSet_NamesItAndTheRemedy()
    {
        Lay("cifar-10", "gzip");
        File.Delete(_folder["cifar-10", "data_batch_3.bin.gz"]);

        var problem = Assert.Single(Assert.Throws<DataException>(() => Load("cifar-10")).Problems);

        Assert.Contains("missing data_batch_3.bin (each raw or .gz); get it with 'clustertrain data fetch cifar-10'", problem);
    }

    [Fact]
    public void Load_TruncatedArchive_IsSaidSo()
    {
        Lay("own", "archive");
        var path = _folder["own", "cifar-10-binary.tar.gz"];
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^(int)(new FileInfo(path).Length / 2)]);

        Assert.StartsWith(path, Assert.Single(Assert.Throws<DataException>(() => Load("own")).Problems));
    }

    [Fact]
    public void List_FolderOfTheKnownName_SaysThatItIsNotTheOriginal()
    {
        Lay("cifar-10", "raw");
        Lay("own", "archive");

        var list = DatasetSummary.List(new DataLocations([_folder.Path])).ToDictionary(line => line.Name);

        Assert.Equal("not the original: all files have other checksums", list["cifar-10"].Size!.Note);
        Assert.Null(list["cifar-10"].Problem);
        Assert.Equal((35, 7, 4), (list["own"].Size!.TrainRows, list["own"].Size!.TestRows, list["own"].Size!.Classes!.Value));
        Assert.Null(list["own"].Size!.Note);
        Assert.Equal("get it with 'clustertrain data fetch cifar-100'", list["cifar-100"].Problem);
    }

    [Fact]
    public void Load_SharedCopyOfCifar10_HasAllRowsAndNames()
    {
        Assert.SkipWhen(RealDataTests.Locations().Find("cifar-10") is null, $"no folder 'cifar-10' in {DataLocations.Variable} or beside the checkout");

        var data = DatasetLoader.Load(new DataSpec { Name = "cifar-10", Train = 1000, Validation = 500, Test = 0 }, RealDataTests.Locations());

        Assert.Equal((1000, 500, 10_000, 10), (data.Train.Rows, data.Validation.Rows, data.Test.Rows, data.Classes));
        Assert.Equal(["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"], data.ClassNames);
        Assert.All(Enumerable.Range(0, 10), label => Assert.Equal(1000, data.Test.Labels.Count(one => one == label)));
    }

    [Fact]
    public async Task Fetch_ArchiveFromAServer_IsCheckedKeptAsItIsAndLoads()
    {
        Lay("served", "archive");
        var archive = File.ReadAllBytes(_folder["served", "cifar-10-binary.tar.gz"]);
        using var server = new OneFileServer(archive);
        var published = DataCatalog.Find("cifar-10")!;
        var known = published with
        {
            Mirror = server.Address,
            Files = [published.Files[0] with { Bytes = archive.Length, Sha256 = Convert.ToHexStringLower(SHA256.HashData(archive)) }],
        };

        await Fetch(known);

        Assert.Equal("/cifar-10-binary.tar.gz", Assert.Single(server.Requests));
        Assert.Equal(archive, File.ReadAllBytes(_folder["cifar-10", "cifar-10-binary.tar.gz"]));
        Assert.Single(Directory.GetFiles(_folder["cifar-10"]));
        Assert.Equal(30, Load("cifar-10").Train.Rows);
        await Fetch(known);
        Assert.Single(server.Requests);
    }

    // The one that ships is asked for by its published checksum.
    [Fact]
    public async Task Fetch_OtherArchiveThanThePublishedOne_IsNotKept()
    {
        using var server = new OneFileServer(IdxFiles.Gzip(new byte[100]));

        var refused = await Assert.ThrowsAsync<DataException>(() => Fetch(DataCatalog.Find("cifar-10")! with { Mirror = server.Address }));

        Assert.Contains("downloaded, but not kept", refused.Message, StringComparison.Ordinal);
        Assert.Contains("c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd expected", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder["cifar-10"]));
    }

    private async Task Fetch(KnownDataset known)
    {
        using var http = new HttpClient();
        await new DataFetcher(http, TimeProvider.System).FetchAsync(known, _folder.Path, progress: null, CancellationToken.None);
    }

    private Dataset Load(string name) => DatasetLoader.Load(new DataSpec { Name = name, Validation = 5 }, new DataLocations([_folder.Path]));

    private static byte Pixel(int file, int row, int i) => (byte)((file * 31) + (row * 7) + (i * 3));

    private static byte[] Rows(int file, int rows, Func<int, byte> label) =>
        [.. Enumerable.Range(0, rows).SelectMany(row => Enumerable.Range(0, 3 * 32 * 32).Select(i => Pixel(file, row, i)).Prepend(label(row)))];

    private void Write(string name, string file, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name, file])!);
        File.WriteAllBytes(_folder[name, file], bytes);
    }

    // 35 training rows of 4 classes in five files, and 7 test rows.
    private void Lay(string name, string layout)
    {
        var files = TrainFiles.Append("test_batch.bin").Select((file, i) => (file, Rows(i, 7, row => (byte)(row % 4))))
            .Append(("batches.meta.txt", "cat\ndog\nfrog\nship\n\n"u8.ToArray())).ToList();
        if (layout == "archive")
        {
            var packed = new MemoryStream();
            using (var tar = new TarWriter(packed, TarEntryFormat.Ustar, leaveOpen: true))
            {
                foreach (var (file, bytes) in files)
                    tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, $"cifar-10-batches-bin/{file}") { DataStream = new MemoryStream(bytes) });
            }

            Write(name, "cifar-10-binary.tar.gz", IdxFiles.Gzip(packed.ToArray()));
            return;
        }

        foreach (var (file, bytes) in files)
        {
            if (layout == "gzip" && file != "batches.meta.txt") Write(name, file + ".gz", IdxFiles.Gzip(bytes));
            else Write(name, layout == "unpacked" ? $"cifar-10-batches-bin/{file}" : file, bytes);
        }
    }
}

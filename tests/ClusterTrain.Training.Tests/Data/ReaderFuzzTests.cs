using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using ClusterTrain.Training.Data.Cifar;
using ClusterTrain.Training.Data.Delimited;
using ClusterTrain.Training.Data.Idx;
using ClusterTrain.Training.Data.Numpy;
using ClusterTrain.Training.Data.Pictures;
using ClusterTrain.Training.Data.Sources;

namespace ClusterTrain.Training.Tests.Data;

/// <summary>
/// Files with a few bytes or lengths changed, twenty thousand for each reader and more in the longer run: it takes them or refuses them as wrong input, in bounded
/// memory, and never takes one in silence whose checksum is not that of its content.
/// </summary>
public sealed class ReaderFuzzTests(OwnFiles files) : IClassFixture<OwnFiles>
{
    private const string Path = "file";

    // Of files of a kilobyte or two: what a deflate stream of theirs could hold, and of a JPEG three colours of 512 pixels a byte, twice.
    private const long MostBytes = 1 << 20;
    private const long MostBytesOfPictures = 4 << 20;

    /// <summary>A reader, and how it gives what it read.</summary>
    private static readonly Dictionary<string, Func<byte[], byte[]>> Readers = new(StringComparer.Ordinal)
    {
        ["idx"] = bytes => Convert.FromHexString(IdxReader.Read(Path, new MemoryStream(bytes), isLabels: false).Sha256),
        ["idx labels"] = bytes => Convert.FromHexString(IdxReader.Read(Path, new MemoryStream(bytes), isLabels: true).Sha256),
        ["npy"] = bytes => Numbers(Npy(new MemoryStream(bytes), bytes.Length)),
        ["npz"] = Npz,
        ["csv"] = bytes => Numbers(DelimitedReader.Read(Path, new MemoryStream(bytes), new FolderSettings()).Values),
        ["picture"] = bytes => PictureFile.Decode(Path, bytes).Bytes,
        ["cifar"] = Cifar,
    };

    public static TheoryData<string, string, int> Cases => new()
    {
        { "idx", "grey-idx/t10k-images.idx3-ubyte", Mutants.Count / 5 * 2 },
        { "idx labels", "grey-idx-float/t10k-labels-idx1-int", Mutants.Count / 5 },
        { "idx", "grey-idx-gz/t10k-images-idx3-ubyte.gz", Mutants.Count / 5 },
        { "idx", "grey-idx-members/t10k-images-idx3-ubyte.gz", Mutants.Count / 5 },
        { "npy", "grey-npy/x_test.npy", Mutants.Count },
        { "npz", "grey-npz/data.npz", Mutants.Count / 2 },
        { "npz", "grey-npz-compressed/data.npz", Mutants.Count / 2 },
        { "csv", "table-csv-quoted/test.csv", Mutants.Count / 2 },
        { "csv", "table-csv-gz/test.csv.gz", Mutants.Count / 2 },
        { "picture", "colour-png/test/pear/03.png", Mutants.Count / 2 },
        { "picture", "photos/low/0.jpg", Mutants.Count / 4 },
        { "picture", "photos/high/3.jpg", Mutants.Count / 4 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Read_MutatedFile_IsReadOrRefusedInBoundedMemory(string reader, string name, int mutants) =>
        Fuzz(reader, File.ReadAllBytes(files[name.Split('/')]), name.EndsWith("gz", StringComparison.Ordinal) || name.EndsWith("png", StringComparison.Ordinal) || reader == "npz", mutants);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_MutatedRecords_AreReadOrRefusedInBoundedMemory(bool isPacked)
    {
        var records = new byte[2 * 3074];
        for (var i = 0; i < records.Length; i++) records[i] = (byte)(i * i % 97);
        Fuzz("cifar", isPacked ? IdxFiles.Gzip(records) : records, isPacked, Mutants.Count / 2);
    }

    [Fact]
    public void Cases_OfEachReader_AreAllThatItIsToHave() => Assert.All(
        Cases.GroupBy(row => row.Data.Item1.Split(' ')[0], row => row.Data.Item3), reader => Assert.Equal(Mutants.Count, reader.Sum()));

    [Fact]
    public void Read_PngMutantsWithRightChecksums_AreReadOrRefused()
    {
        var whole = File.ReadAllBytes(files["colour-png", "test", "pear", "03.png"]);
        for (var mutant = 0; mutant < Mutants.Count / 20; mutant++)
        {
            var random = new DataRandom(0xF023, (ulong)mutant);
            byte[] bytes = [.. whole];
            for (var change = 0; change < 1 + random.Below(3); change++) bytes[8 + random.Below(bytes.Length - 8)] = (byte)random.Below(256);
            for (var at = 8; at + 12 <= bytes.Length;)
            {
                var length = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at));
                if (length > bytes.Length - at - 12) break;
                BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at + 8 + (int)length), Crc32.HashToUInt32(bytes.AsSpan(at + 4, 4 + (int)length)));
                at += 12 + (int)length;
            }

            try
            {
                Assert.True(PictureFile.Decode(Path, bytes).Bytes.Length > 0);
            }
            catch (DataException refused)
            {
                Assert.DoesNotContain('\n', refused.Message);
            }
        }
    }

    // A change in what no checksum covers, such as a name or a time, changes no content.
    private static void Fuzz(string reader, byte[] whole, bool isChecked, int mutants)
    {
        var read = Readers[reader];
        var right = read(whole);

        var refused = Mutants.Refused<DataException>(whole, (_, bytes) =>
        {
            var content = read(bytes);
            if (isChecked) Assert.Equal(right, content);
        }, reader == "picture" ? MostBytesOfPictures : MostBytes, mutants, refusal => refusal.Problems);

        Assert.True(refused > mutants / 10, $"{refused} of {mutants} refused");
    }

    private static NumberArray Npy(MemoryStream file, long most) => StoredFile.Read(Path, file, stream => NpyReader.ReadRows(Path, stream, most));

    private static byte[] Npz(byte[] bytes)
    {
        var arrays = NumpyFiles.Unzip(Path, new MemoryStream(bytes), ["x_train", "x_test"], (_, path, stream, most) => NpyReader.ReadRows(path, stream, most));
        return arrays.Count == 2 ? Numbers(arrays["x_train"], arrays["x_test"]) : throw new DataException("a name was changed: what is missing, the format says");
    }

    private static byte[] Numbers(params NumberArray[] arrays) =>
        [.. arrays.SelectMany(array => array.Bytes ?? [.. array.Floats!.SelectMany(BitConverter.GetBytes)])];

    private static byte[] Cifar(byte[] bytes)
    {
        byte[] train = StoredFile.Read(Path, new MemoryStream(bytes), stream =>
        {
            using var all = new MemoryStream();
            stream.CopyTo(all);
            return all.ToArray();
        });
        var source = CifarFormat.HundredClasses.Of(
            new Dictionary<string, StoredBytes>(StringComparer.Ordinal) { ["train.bin"] = new(Path, train), ["test.bin"] = new(Path, train) }, known: null);
        return source.Train.Pixels([.. Enumerable.Range(0, source.Train.Rows)]);
    }
}

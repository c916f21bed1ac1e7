using System.Buffers.Binary;
using System.IO.Hashing;
using ClusterTrain.Training.Data;
using ClusterTrain.Training.Data.Delimited;
using ClusterTrain.Training.Data.Idx;
using ClusterTrain.Training.Data.Numpy;
using ClusterTrain.Training.Data.Pictures;
using ClusterTrain.Training.Data.Sources;

namespace ClusterTrain.Training.Tests.Data;

/// <summary>
/// Files with a few bytes or lengths changed: a reader takes them or refuses them as wrong input, in bounded memory, and never
/// takes one in silence whose checksum is not that of its content.
/// </summary>
public sealed class ReaderFuzzTests(OwnFiles files) : IClassFixture<OwnFiles>, IDisposable
{
    // Of all readers together; the seeds are fixed.
    private const int Mutants = 20_000;
    private const long MostBytes = 32L << 20;

    private readonly TestFolder _folder = new();

    public static TheoryData<string, string, int> Cases => new()
    {
        { "idx", "grey-idx/t10k-images.idx3-ubyte", Mutants / 10 },
        { "idx", "grey-idx-gz/t10k-images-idx3-ubyte.gz", Mutants / 5 },
        { "npz", "grey-npz/data.npz", Mutants / 10 },
        { "npz", "grey-npz-compressed/data.npz", Mutants / 10 },
        { "npy", "photos-decoded/x.npy", Mutants / 20 },
        { "csv", "table-csv-quoted/test.csv", Mutants / 5 },
        { "csv", "table-csv-gz/test.csv.gz", Mutants / 20 },
        { "png", "colour-png/test/pear/03.png", Mutants / 10 },
        { "jpeg", "photos/low/0.jpg", Mutants / 20 },
        { "jpeg", "photos/high/3.jpg", Mutants / 20 },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Read_MutatedFile_IsReadOrRefusedInBoundedMemory(string reader, string name, int mutants)
    {
        var (whole, path) = (File.ReadAllBytes(files[name.Split('/')]), _folder["file"]);
        var (right, refused) = (Content(reader, files[name.Split('/')]), 0);
        var isChecked = name.EndsWith("gz", StringComparison.Ordinal) || reader is "png" or "npz";
        for (var mutant = 0; mutant < mutants; mutant++)
        {
            var random = new DataRandom(0xF022, (ulong)mutant);
            var bytes = Mutated(whole, ref random);
            File.WriteAllBytes(path, bytes);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                var content = Content(reader, path);
                // A change in what no checksum covers, such as a name or a time, changes no content.
                if (isChecked) Assert.Equal(right, content);
            }
            catch (DataException)
            {
                refused++;
            }

            var taken = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(taken < MostBytes, $"mutant {mutant} took {taken} bytes");
        }

        Assert.True(refused > mutants / 10, $"{refused} of {mutants} refused");
    }

    [Fact]
    public void Read_PngMutantsWithRightChecksums_AreReadOrRefused()
    {
        var whole = File.ReadAllBytes(files["colour-png", "test", "pear", "03.png"]);
        for (var mutant = 0; mutant < Mutants / 20; mutant++)
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

            File.WriteAllBytes(_folder["file"], bytes);
            try
            {
                Assert.True(PictureFile.Read(_folder["file"]).Bytes.Length > 0);
            }
            catch (DataException refused)
            {
                Assert.DoesNotContain('\n', refused.Message);
            }
        }
    }

    private static string Content(string reader, string path)
    {
        switch (reader)
        {
            case "idx":
                return IdxReader.ReadImages(path).Sha256;
            case "csv":
                return string.Join(',', DelimitedReader.Read(path, new FolderSettings()).Values.Floats!);
            case "png" or "jpeg":
                return Convert.ToHexString(PictureFile.Read(path).Bytes);
            case "npy":
                return string.Join(',', StoredFile.Read(path, stream => NpyReader.ReadRows(path, stream, new FileInfo(path).Length)).Sizes);
            default:
                var folder = Directory.CreateDirectory(path + "-npz").FullName;
                File.Copy(path, Path.Combine(folder, "data.npz"), overwrite: true);
                try
                {
                    var source = new NumpyFormat().Read(folder, known: null);
                    return Convert.ToHexString([.. source.Train.Pixels([.. Enumerable.Range(0, source.Train.Rows)]), .. source.Test.Pixels([.. Enumerable.Range(0, source.Test.Rows)])]);
                }
                catch (InvalidOperationException)
                {
                    return "numbers";
                }
        }
    }

    // One to three changes: a bit, a byte, a 32-bit length, a cut, a doubled or dropped stretch.
    private static byte[] Mutated(byte[] whole, ref DataRandom random)
    {
        List<byte> bytes = [.. whole];
        for (var change = random.Below(3); change >= 0 && bytes.Count > 8; change--)
        {
            var at = random.Below(bytes.Count - 4);
            switch (random.Below(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Below(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Below(256);
                    break;
                case 2:
                    // Headers stand at the start.
                    at = random.Below(Math.Min(64, bytes.Count - 4));
                    for (var i = 0; i < 4; i++) bytes[at + i] = (byte)random.Below(256);
                    break;
                case 3:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(bytes.Count - at, 1 + random.Below(20))));
                    break;
                default:
                    bytes.RemoveRange(at, Math.Min(bytes.Count - at, 1 + random.Below(20)));
                    break;
            }
        }

        return [.. bytes];
    }
}

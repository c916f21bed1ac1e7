using System.Security.Cryptography;
using System.Text;
using ClusterTrain.Training.Data.Sources;

namespace ClusterTrain.Training.Data.Cifar;

/// <summary>
/// The binary version of CIFAR-10 and CIFAR-100 (Krizhevsky 2009, "Learning Multiple Layers of Features from Tiny Images"): records
/// of one or two label bytes, of which the last one is the class, then 32 x 32 bytes each of red, green and blue, row-major. Any
/// number of records a file. A folder of the known name need not be the original to the byte; listings say which it is.
/// </summary>
internal sealed class CifarFormat : IDataFormat
{
    /// <summary>Five training files.</summary>
    public static readonly CifarFormat TenClasses = new()
    {
        Name = "CIFAR-10",
        Archive = new KnownFile("cifar-10-binary.tar.gz", 170_052_171, "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd", IsArchive: true),
        Unpacked = "cifar-10-batches-bin",
        LabelBytes = 1,
        Classes = 10,
        NamesFile = "batches.meta.txt",
        TestFile = "test_batch.bin",
        Originals = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["data_batch_1.bin"] = "5dd7e06a14cb22eb9f671a540d1b7c25",
            ["data_batch_2.bin"] = "5ea93a67294ea407fff1d09f752e9692",
            ["data_batch_3.bin"] = "942cd6a4bcdd0dd3c604fbe906cb4421",
            ["data_batch_4.bin"] = "ae636b3ba5c66a11e91e8cb52e771fcb",
            ["data_batch_5.bin"] = "53f37980c15c3d472c316c40844f3f0d",
            ["test_batch.bin"] = "803d5f7f4d78ea53de84dbe85f74fb6d",
        },
    };

    /// <summary>One training file; of a record's two labels the first one is the superclass.</summary>
    public static readonly CifarFormat HundredClasses = new()
    {
        Name = "CIFAR-100",
        Archive = new KnownFile("cifar-100-binary.tar.gz", 168_513_733, "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec", IsArchive: true),
        Unpacked = "cifar-100-binary",
        LabelBytes = 2,
        Classes = 100,
        NamesFile = "fine_label_names.txt",
        TestFile = "test.bin",
        Originals = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["train.bin"] = "6172c7755cfe09b2fe270c85cebc1b15",
            ["test.bin"] = "4499cfba6c016c1be1438163640a0898",
        },
    };

    private const int Pixels = 3 * 32 * 32;
    private const int LargestFile = 1 << 30;

    public required string Name { get; init; }

    public string Files => $"{string.Join(", ", Originals.Keys)}, each raw or .gz, or {Archive.Name}";

    public IReadOnlyList<KnownDataset> Known => field ??=
        [new KnownDataset(Name.ToLowerInvariant(), 50_000, 10_000, [3, 32, 32], Classes, new Uri("https://www.cs.toronto.edu/~kriz/"), [Archive])];

    private KnownFile Archive { get; init; } = null!;

    private string Unpacked { get; init; } = "";

    private int LabelBytes { get; init; }

    private int Classes { get; init; }

    private string NamesFile { get; init; } = "";

    private string TestFile { get; init; } = "";

    // MD5 of each file of the original; those that are not the test file train, in their order.
    private IReadOnlyDictionary<string, string> Originals { get; init; } = null!;

    private IEnumerable<string> TrainFiles => Originals.Keys.Where(name => name != TestFile);

    private int RecordBytes => LabelBytes + Pixels;

    public bool Recognizes(string folder) => FilesOf(folder).HasAny(Originals.Keys);

    public DatasetSource Read(string folder, KnownDataset? known) => Of(Complete(folder, known), known);

    /// <summary>The rows of all files.</summary>
    internal DatasetSource Of(IReadOnlyDictionary<string, StoredBytes> files, KnownDataset? known)
    {
        RequireRecords(files);
        var names = Names(files);
        var train = TrainFiles.Select(name => files[name]).ToArray();
        var test = files[TestFile];
        var largest = train.Max(LargestLabel);
        var classes = known?.Classes ?? Math.Max(names.Length, largest + 1);
        var problems = train.Append(test).Where(file => LargestLabel(file) >= classes)
            .Select(file => $"{file.Path}: has label {LargestLabel(file)}, 0 to {classes - 1} expected").ToList();
        if (classes < 2) problems.Add($"{train[0].Path}: all labels are 0, two or more classes expected");
        if (problems.Count > 0) throw new DataException(problems);
        return new DatasetSource([3, 32, 32], classes, Rows(train), Rows([test])) { ClassNames = names.Length == classes ? names : [] };
    }

    public DatasetSize Measure(string folder, KnownDataset? known)
    {
        var files = Complete(folder, known: null);
        var names = Names(files);
        var differing = Originals.Where(file => Md5(files[file.Key].Bytes) != file.Value).Select(file => file.Key).ToList();
        return new DatasetSize(
            TrainFiles.Sum(name => files[name].Bytes.Length / RecordBytes), files[TestFile].Bytes.Length / RecordBytes, [3, 32, 32],
            names.Length > 0 ? names.Length : null,
            differing.Count == 0 ? "the original, to the byte"
            : known is null ? null : $"not the original: {(differing.Count == Originals.Count ? "all files have" : $"{string.Join(", ", differing)} have")} other checksums");
    }

    private CifarFiles FilesOf(string folder) => new(folder, Archive.Name, Unpacked, LargestFile);

    private IReadOnlyDictionary<string, StoredBytes> Complete(string folder, KnownDataset? known)
    {
        var files = FilesOf(folder).Read([.. Originals.Keys, NamesFile]);
        var missing = Originals.Keys.Where(name => !files.ContainsKey(name)).ToList();
        if (missing.Count > 0)
        {
            throw new DataException(
                $"{folder}: missing {string.Join(", ", missing)} (each raw or .gz)" + (known is null ? "" : $"; {known.FetchHint}"));
        }

        RequireRecords(files);
        return files;
    }

    private void RequireRecords(IReadOnlyDictionary<string, StoredBytes> files)
    {
        var problems = Originals.Keys.Select(name => files[name])
            .Where(file => file.Bytes.Length == 0 || file.Bytes.Length % RecordBytes != 0)
            .Select(file => $"{file.Path}: {file.Bytes.Length} bytes, which is no number of records of {RecordBytes} bytes").ToList();
        if (problems.Count > 0) throw new DataException(problems);
    }

    private string[] Names(IReadOnlyDictionary<string, StoredBytes> files) =>
        files.TryGetValue(NamesFile, out var file)
            ? Encoding.UTF8.GetString(file.Bytes).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : [];

    private int LargestLabel(StoredBytes file)
    {
        var largest = 0;
        for (var at = LabelBytes - 1; at < file.Bytes.Length; at += RecordBytes) largest = Math.Max(largest, file.Bytes[at]);
        return largest;
    }

    private LabelledRows Rows(IReadOnlyList<StoredBytes> files)
    {
        var rows = files.Sum(file => file.Bytes.Length / RecordBytes);
        var (labels, pixels, row) = (new byte[rows], new byte[(long)rows * Pixels], 0);
        foreach (var file in files)
        {
            for (var at = 0; at < file.Bytes.Length; at += RecordBytes, row++)
            {
                labels[row] = file.Bytes[at + LabelBytes - 1];
                file.Bytes.AsSpan(at + LabelBytes, Pixels).CopyTo(pixels.AsSpan(row * Pixels));
            }
        }

        return LabelledRows.Of(labels, pixels, Pixels);
    }

    // Broken for secrets, and what the publisher's files are known by.
#pragma warning disable CA5351
    private static string Md5(byte[] bytes) => Convert.ToHexStringLower(MD5.HashData(bytes));
#pragma warning restore CA5351
}

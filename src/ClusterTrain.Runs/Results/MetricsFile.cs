using System.Text.Json;
using ClusterTrain.Runs.Ledger;
using ClusterTrain.Training.Durable;

namespace ClusterTrain.Runs.Results;

/// <summary>The file <c>metrics.jsonl</c>: one evaluation a line, steps never descending.</summary>
internal static class MetricsFile
{
    /// <summary>Appends one line, on disk when this returns. Evaluations are rare: the file is not held open.</summary>
    /// <exception cref="FileFailureException">The file cannot be written.</exception>
    /// <exception cref="ArgumentException">A number is not finite.</exception>
    public static void Append(string path, MetricsRecord record)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(record, MetricsJson.Default.MetricsRecord), (byte)'\n'];
        try
        {
            var isNew = !File.Exists(path);
            using (var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0))
            {
                file.Write(line);
                Disk.Sync(file); // A checkpoint that follows would not have it made again.
            }

            if (isNew) FolderSync.Flush(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
            throw FileFailureException.For("write", path, failure);
        }
    }

    /// <summary>All evaluations; none if there is no file. A last line without its newline is left out.</summary>
    /// <exception cref="FileFailureException">The file cannot be read, or a line is not an evaluation.</exception>
    public static IReadOnlyList<MetricsRecord> Read(string path) =>
        File.Exists(path) ? Parse(path, LedgerFile.ReadBytes(path)) : [];

    /// <summary>The same of a file's content.</summary>
    internal static IReadOnlyList<MetricsRecord> Parse(string path, byte[] content) => [.. Lines(path, content, out _).Select(line => line.Record)];

    /// <summary>Length of a last line without its newline, the trace of a writer that was killed; 0 if there is none.</summary>
    /// <exception cref="FileFailureException">The file cannot be read.</exception>
    public static int TornBytes(string path)
    {
        if (!File.Exists(path)) return 0;
        LedgerFile.Lines(LedgerFile.ReadBytes(path), out var torn);
        return torn;
    }

    /// <summary>Drops, atomically, evaluations after a step and a torn last line: resuming will make them again.</summary>
    /// <exception cref="FileFailureException">The file cannot be read or written, or a line is not an evaluation.</exception>
    public static void TruncateAfter(string path, long step) => Keep(path, record => record.Step <= step);

    /// <summary>Rewrites the file with these lines only, atomically, and without a torn last line.</summary>
    public static void Keep(string path, Func<MetricsRecord, bool> keep)
    {
        if (!File.Exists(path))
            return;
        var content = LedgerFile.ReadBytes(path);
        var lines = Lines(path, content, out var torn);
        if (torn == 0 && lines.All(line => keep(line.Record)))
            return;
        AtomicFile.Write(path, stream =>
        {
            foreach (var (record, bytes) in lines.Where(line => keep(line.Record)))
            {
                stream.Write(bytes.Span);
                stream.WriteByte((byte)'\n');
            }
        });
    }

    private static List<(MetricsRecord Record, ReadOnlyMemory<byte> Bytes)> Lines(string path, byte[] content, out int torn) =>
        [.. LedgerFile.Lines(content, out torn).Select((line, index) => (Parse(path, line, index + 1), line))];

    private static MetricsRecord Parse(string path, ReadOnlyMemory<byte> line, int number)
    {
        try
        {
            return JsonSerializer.Deserialize(line.Span, MetricsJson.Default.MetricsRecord)
                ?? throw new JsonException("null");
        }
        catch (JsonException failure)
        {
            throw new FileFailureException($"{path}: line {number} is not an evaluation: {failure.Message}", failure);
        }
    }
}

using ClusterTrain.Training.Durable;

namespace ClusterTrain.Runs.Ledger;

/// <summary>
/// The file <c>ledger.jsonl</c>: one line a step, each with the SHA-256 of the line before. The first line's chain value
/// is the SHA-256 of <c>clustertrain-ledger:</c> and the spec's hash, so a ledger belongs to its spec.
/// </summary>
internal static class LedgerFile
{
    /// <summary>
    /// Drops, atomically, the lines after a step and a torn last line. A ledger that ends there is left untouched.
    /// </summary>
    /// <param name="step">Last step to keep; -1 keeps none.</param>
    /// <returns>SHA-256 of the last line that is left, to be compared with the checkpoint's.</returns>
    /// <exception cref="FileFailureException">
    /// The lines up to the step are not all there or were changed; nothing is written then.
    /// </exception>
    public static string TruncateAfter(string path, string specHash, long step)
    {
        var content = ReadBytes(path);
        var kept = KeptBytes(content, step + 1);
        var reading = LedgerReader.Parse(content.AsMemory(0, kept), specHash);
        if (reading.Problems.Count > 0)
            throw new FileFailureException($"{path} cannot be resumed: {reading.Problems[0].Message}");
        if (reading.Entries.Count != step + 1)
            throw new FileFailureException($"{path} cannot be resumed: it ends before step {step}");

        // Made anew in any case: a process that was frozen, and has the old one open still, writes to nowhere.
        AtomicFile.Write(path, content.AsMemory(0, kept));
        return reading.Head;
    }

    /// <summary>Length of the whole lines: what follows the last newline is torn.</summary>
    internal static long WholeBytes(FileStream file)
    {
        var end = file.Length;
        for (; end > 0; end--)
        {
            file.Position = end - 1;
            if (file.ReadByte() == '\n') break;
        }

        return end;
    }

    /// <summary>SHA-256 of the line of a step, counted from the file's start; null when the file ends before.</summary>
    internal static string? HashOfLine(string path, long step) =>
        File.ReadLines(path).Skip((int)Math.Min(step, int.MaxValue)).FirstOrDefault() is { } line ? Sha256Hex.Of(line) : null;

    internal static byte[] ReadBytes(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
            throw FileFailureException.For("read", path, failure);
        }
    }

    /// <summary>Whole lines without their newlines; what follows the last newline is torn.</summary>
    internal static List<ReadOnlyMemory<byte>> Lines(ReadOnlyMemory<byte> content, out int tornBytes)
    {
        var lines = new List<ReadOnlyMemory<byte>>();
        var rest = content;
        for (var end = rest.Span.IndexOf((byte)'\n'); end >= 0; end = rest.Span.IndexOf((byte)'\n'))
        {
            lines.Add(rest[..end]);
            rest = rest[(end + 1)..];
        }

        tornBytes = rest.Length;
        return lines;
    }

    /// <summary>Length of the first so many lines, or of all whole ones if there are fewer.</summary>
    private static int KeptBytes(ReadOnlySpan<byte> content, long lines)
    {
        var kept = 0;
        for (var line = 0L; line < lines; line++)
        {
            var end = content[kept..].IndexOf((byte)'\n');
            if (end < 0)
                break;
            kept += end + 1;
        }

        return kept;
    }
}

using System.Text;
using System.Text.Json;
using ClusterTrain.Runs.Ledger;
using ClusterTrain.Training.Durable;

namespace ClusterTrain.Runs.Results;

/// <summary>
/// <c>summary.json</c>: written last, atomically. It seals the run's folder: its own digest shows a change to itself, its
/// hashes a change to the files beside it.
/// </summary>
public static class SummaryFile
{
    private const string DigestField = "\"digest\": \"";

    /// <summary>Adds the files' hashes and the digest, and writes. The other files must be complete and flushed.</summary>
    /// <returns>The summary as written.</returns>
    /// <exception cref="FileFailureException">A file cannot be read, or the summary cannot be written.</exception>
    public static RunSummary Write(RunFolder folder, RunSummary summary)
    {
        var files = folder.SealedFiles
            .Where(name => File.Exists(folder.PathOf(name)))
            .ToDictionary(name => name, name => Sha256Hex.OfFile(folder.PathOf(name)), StringComparer.Ordinal);
        var open = summary with { Files = files, Digest = "" };
        var complete = open with { Digest = Sha256Hex.Of(Serialize(open)) };
        AtomicFile.Write(folder.SummaryPath, Serialize(complete));
        return complete;
    }

    /// <summary>Reads without judging; see <see cref="Problems"/>.</summary>
    /// <exception cref="FileFailureException">The file is missing or is not a summary.</exception>
    public static RunSummary Read(RunFolder folder) => Parse(folder, ReadBytes(folder));

    /// <summary>The status that a summary's bytes name; null when they are none.</summary>
    public static RunStatus? StatusOf(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, SummaryJson.Default.RunSummary)?.Status;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Everything that was changed since the summary was written, one line each; empty if nothing was.</summary>
    public static IReadOnlyList<string> Problems(RunFolder folder)
    {
        try
        {
            var bytes = ReadBytes(folder);
            var summary = Parse(folder, bytes);
            return [.. DigestProblems(bytes, summary), .. FileProblems(folder, summary), .. LedgerProblems(folder, summary)];
        }
        catch (FileFailureException failure)
        {
            return [failure.Message];
        }
    }

    private static IEnumerable<string> DigestProblems(byte[] bytes, RunSummary summary)
    {
        // Over the bytes, not the parsed record: so that no character can be changed, and versions that know more fields
        // or fewer still agree.
        var text = Encoding.UTF8.GetString(bytes);
        var at = text.LastIndexOf(DigestField, StringComparison.Ordinal) + DigestField.Length;
        var intact = Sha256Hex.IsHex(summary.Digest)
            && string.CompareOrdinal(text, at, summary.Digest, 0, Sha256Hex.Digits) == 0
            && Sha256Hex.Of(text.Remove(at, Sha256Hex.Digits)) == summary.Digest;
        if (!intact)
            yield return "summary.json was changed: its digest does not fit its content";
    }

    private static IEnumerable<string> FileProblems(RunFolder folder, RunSummary summary)
    {
        foreach (var name in folder.SealedFiles.Union(summary.Files.Keys, StringComparer.Ordinal))
        {
            var expected = summary.Files.GetValueOrDefault(name);
            var exists = File.Exists(folder.PathOf(name));
            if (expected is null && exists)
                yield return $"{name} was added after the run ended";
            else if (expected is not null && !exists)
                yield return $"{name} is missing";
            else if (expected is not null && Sha256Hex.OfFile(folder.PathOf(name)) is var actual && actual != expected)
                yield return $"{name} was changed: sha256 {actual} expected {expected}";
        }
    }

    private static IEnumerable<string> LedgerProblems(RunFolder folder, RunSummary summary)
    {
        if (!File.Exists(folder.LedgerPath))
            return [];
        var reading = LedgerReader.Read(folder.LedgerPath, summary.Fingerprint.Spec, summary.LedgerHead);
        return reading.Problems.Select(problem => $"{RunFolder.LedgerName}: {problem.Message}");
    }

    private static byte[] ReadBytes(RunFolder folder)
    {
        try
        {
            return File.ReadAllBytes(folder.SummaryPath);
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
            throw FileFailureException.For("read", folder.SummaryPath, failure);
        }
    }

    private static RunSummary Parse(RunFolder folder, byte[] bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, SummaryJson.Default.RunSummary)
                ?? throw new FileFailureException($"{folder.SummaryPath} was changed: it is empty");
        }
        catch (JsonException failure)
        {
            throw new FileFailureException($"{folder.SummaryPath} was changed: {failure.Message}", failure);
        }
    }

    private static byte[] Serialize(RunSummary summary) =>
        JsonSerializer.SerializeToUtf8Bytes(summary, SummaryJson.Default.RunSummary);
}

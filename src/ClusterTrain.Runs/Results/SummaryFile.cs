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

    private const string RootField = "\"rootHash\": \"";

    /// <summary>Adds the files' hashes and the digest, and writes. The other files must be complete and flushed.</summary>
    /// <returns>The summary as written.</returns>
    /// <exception cref="FileFailureException">A file cannot be read, or the summary cannot be written.</exception>
    public static RunSummary Write(RunFolder folder, RunSummary summary)
    {
        var files = folder.SealedFiles
            .Where(name => File.Exists(folder.PathOf(name)))
            .ToDictionary(name => name, name => Sha256Hex.OfFile(folder.PathOf(name)), StringComparer.Ordinal);
        var open = summary with { Files = files, RootHash = "", Digest = "" };
        var rooted = open with { RootHash = RootHash.Of(open.Fingerprint.Data, files, Sha256Hex.Of(Serialize(open))) };
        var complete = rooted with { Digest = Sha256Hex.Of(Serialize(rooted)) };
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
            return [.. DigestProblems(bytes, summary), .. FileProblems(folder, summary), .. LedgerProblems(folder, summary), .. RootProblems(folder, summary)];
        }
        catch (FileFailureException failure)
        {
            return [failure.Message];
        }
    }

    /// <summary>The root hash of a folder as it is now: of its files, not of what the summary says of them.</summary>
    /// <exception cref="FileFailureException">There is no summary, or one of a version that had no root hash.</exception>
    public static string Root(RunFolder folder)
    {
        var bytes = ReadBytes(folder);
        var summary = Parse(folder, bytes);
        if (!Sha256Hex.IsHex(summary.RootHash))
            throw new FileFailureException($"{folder.SummaryPath} has no root hash: the run is of an earlier version, or the file was changed");
        var files = folder.SealedFiles.Where(name => File.Exists(folder.PathOf(name)))
            .ToDictionary(name => name, name => Sha256Hex.OfFile(folder.PathOf(name)), StringComparer.Ordinal);
        var text = Without(Without(Encoding.UTF8.GetString(bytes), DigestField, summary.Digest), RootField, summary.RootHash);
        return RootHash.Of(summary.Fingerprint.Data, files, Sha256Hex.Of(text));
    }

    private static string Without(string text, string field, string digits)
    {
        var at = text.LastIndexOf(field, StringComparison.Ordinal) + field.Length;
        return string.CompareOrdinal(text, at, digits, 0, digits.Length) == 0 ? text.Remove(at, digits.Length) : text;
    }

    private static IEnumerable<string> RootProblems(RunFolder folder, RunSummary summary)
    {
        if (summary.RootHash.Length > 0 && (!Sha256Hex.IsHex(summary.RootHash) || Root(folder) != summary.RootHash))
            yield return "summary.json: its root hash is not that of the folder's files and results";
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
        // A folder of a version that had no root hash did not seal all that is sealed now.
        string[] sealedNow = summary.RootHash.Length > 0 ? [.. folder.SealedFiles] : [];
        foreach (var name in sealedNow.Union(summary.Files.Keys, StringComparer.Ordinal))
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

    internal static RunSummary Parse(RunFolder folder, byte[] bytes)
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

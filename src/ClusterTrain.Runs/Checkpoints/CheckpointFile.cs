using System.Globalization;
using ClusterTrain.Numerics.Catalogues;
using ClusterTrain.Runs.Safetensors;
using ClusterTrain.Training.Durable;

namespace ClusterTrain.Runs.Checkpoints;

/// <summary>One <c>step-N.safetensors</c>: tensors, and in <c>__metadata__</c> the run's state and what it belongs to.</summary>
internal static class CheckpointFile
{
    private const string Reserved = "clustertrain.";
    private const string FormatKey = Reserved + "format";
    private const string StepKey = Reserved + "step";
    private const string Option = Reserved + "spec";
    private const string StateHashKey = Reserved + "stateHash";
    private const string LedgerHeadKey = Reserved + "ledgerHead";
    private const string Format = "1";

    /// <returns>SHA-256 of the file.</returns>
    /// <exception cref="ArgumentException">The run's state uses a reserved key.</exception>
    public static string Write(string path, CheckpointContent content, string specHash)
    {
        var reserved = content.RunState.Keys.FirstOrDefault(IsReserved);
        if (reserved is not null)
            throw new ArgumentException($"the key {reserved} of the run's state is reserved", nameof(content));
        var metadata = Expected(content.Step, content.StateHash, content.LedgerHead, specHash)
            .Concat(content.RunState)
            .ToDictionary(StringComparer.Ordinal);
        return AtomicFile.Write(path, stream => SafetensorsWriter.Write(stream, metadata, content.Tensors));
    }

    /// <exception cref="CheckpointException">
    /// The file is missing, is not the one that was written, or is another spec's.
    /// </exception>
    public static CheckpointContent Read(string path, CheckpointEntry entry, string specHash)
    {
        try
        {
            // One open file for both passes: what was hashed is what is read, even if it is replaced meanwhile.
            using var stream = File.OpenRead(path);
            var actual = Sha256Hex.Of(stream);
            if (!string.Equals(actual, entry.Sha256, StringComparison.Ordinal))
            {
                throw new CheckpointException(
                    $"step {entry.Step}: checkpoint {entry.File} was changed: sha256 {actual} expected {entry.Sha256}");
            }

            stream.Position = 0;
            return Content(SafetensorsFile.Read(stream, entry.File), entry, specHash);
        }
        catch (Exception failure) when (failure is SafetensorsException || FileFailureException.IsFileFailure(failure))
        {
            throw new CheckpointException(
                $"step {entry.Step}: checkpoint {entry.File} cannot be read: {failure.Message}", failure);
        }
    }

    /// <summary>A checkpoint by what it says of itself; null when it is damaged, of another spec, or not called what it is.</summary>
    public static (CheckpointEntry Entry, CheckpointContent Content)? TryRead(string path, string specHash)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var sha256 = Sha256Hex.Of(stream);
            stream.Position = 0;
            var (name, file) = (Path.GetFileName(path), SafetensorsFile.Read(stream, path));
            var step = long.Parse(file.Metadata.GetValueOrDefault(StepKey, ""), CultureInfo.InvariantCulture);
            var entry = new CheckpointEntry(
                step, CheckpointEntry.FileOf(step), sha256, file.Metadata.GetValueOrDefault(StateHashKey, ""), file.Metadata.GetValueOrDefault(LedgerHeadKey, ""));
            return entry.File == name ? (entry, Content(file, entry, specHash)) : null;
        }
        catch (Exception failure) when (failure is SafetensorsException or CheckpointException or FormatException or OverflowException
            || FileFailureException.IsFileFailure(failure))
        {
            return null;
        }
    }

    private static CheckpointContent Content(SafetensorsFile file, CheckpointEntry entry, string specHash)
    {
        foreach (var (key, expected) in Expected(entry.Step, entry.StateHash, entry.LedgerHead, specHash))
        {
            var actual = file.Metadata.GetValueOrDefault(key, "missing");
            if (!string.Equals(actual, expected, StringComparison.Ordinal))
            {
                throw new CheckpointException(
                    $"step {entry.Step}: checkpoint {entry.File} has {key} {actual}, expected {expected}");
            }
        }

        return new CheckpointContent(
            entry.Step,
            [.. file.Tensors.Select(tensor => file.Typed<float>(tensor.Name))],
            file.Metadata.Where(pair => !IsReserved(pair.Key)).ToDictionary(StringComparer.Ordinal),
            entry.StateHash,
            entry.LedgerHead);
    }

    private static Dictionary<string, string> Expected(long step, string stateHash, string ledgerHead, string specHash) =>
        new(StringComparer.Ordinal)
        {
            [FormatKey] = Format,
            [Option] = specHash,
            [StepKey] = step.ToString(CultureInfo.InvariantCulture),
            [StateHashKey] = stateHash,
            [LedgerHeadKey] = ledgerHead,
        };

    private static bool IsReserved(string key) => key.StartsWith(Reserved, StringComparison.Ordinal);
}

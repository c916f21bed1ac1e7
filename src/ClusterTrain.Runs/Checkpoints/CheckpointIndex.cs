using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using ClusterTrain.Training.Durable;

namespace ClusterTrain.Runs.Checkpoints;

/// <summary>One checkpoint as <c>checkpoints.json</c> lists it.</summary>
/// <param name="File">Always <c>step-N.safetensors</c>.</param>
/// <param name="Sha256">Of the file.</param>
public sealed record CheckpointEntry(long Step, string File, string Sha256, string StateHash, string LedgerHead)
{
    public static string FileOf(long step) => string.Create(CultureInfo.InvariantCulture, $"step-{step}.safetensors");
}

/// <summary>The content of <c>checkpoints.json</c>: which checkpoints there are, by ascending step.</summary>
public sealed record CheckpointIndex(long Latest, long? Best, IReadOnlyList<CheckpointEntry> Checkpoints)
{
    public CheckpointEntry? Find(long step) => Checkpoints.FirstOrDefault(entry => entry.Step == step);

    /// <summary>
    /// The index after saving one more checkpoint: the newest <paramref name="keep"/> and the best stay. Later ones than
    /// the saved are of a time that was rewound, and go (the best one excepted: the run will come to it again).
    /// </summary>
    public static CheckpointIndex After(CheckpointIndex? before, CheckpointEntry saved, bool isBest, int keep)
    {
        var best = isBest ? saved.Step : before?.Best;
        var earlier = before?.Checkpoints.Where(entry => entry.Step < saved.Step) ?? [];
        var bestLater = before?.Checkpoints.Where(entry => entry.Step > saved.Step && entry.Step == best) ?? [];
        CheckpointEntry[] upToSaved = [.. earlier, saved];
        var oldestKept = upToSaved[Math.Max(0, upToSaved.Length - keep)].Step;
        return new CheckpointIndex(
            saved.Step, best, [.. upToSaved.Where(entry => entry.Step >= oldestKept || entry.Step == best), .. bestLater]);
    }

    /// <returns>Null if there is no such file.</returns>
    /// <exception cref="CheckpointException">The file is damaged.</exception>
    internal static CheckpointIndex? Read(string path)
    {
        if (!System.IO.File.Exists(path))
            return null;
        try
        {
            return Parse(System.IO.File.ReadAllBytes(path), path);
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
            throw new CheckpointException($"{path} is damaged: {failure.Message}", failure);
        }
    }

    /// <param name="path">What the content is called, for messages.</param>
    /// <exception cref="CheckpointException">The content is damaged.</exception>
    internal static CheckpointIndex Parse(ReadOnlySpan<byte> content, string path)
    {
        try
        {
            return Checked(JsonSerializer.Deserialize(content, CheckpointJson.Default.CheckpointIndex), path);
        }
        catch (JsonException failure)
        {
            throw new CheckpointException($"{path} is damaged: {failure.Message}", failure);
        }
    }

    internal void Write(string path) =>
        AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(this, CheckpointJson.Default.CheckpointIndex));

    private static CheckpointIndex Checked(CheckpointIndex? index, string path)
    {
        if (index is null)
            throw new CheckpointException($"{path} is damaged: it is empty");
        var last = -1L;
        foreach (var entry in index.Checkpoints)
        {
            if (entry.Step <= last)
                throw new CheckpointException($"{path} was changed: step {entry.Step} is out of order");
            // Also keeps file names from leading out of the folder.
            if (!string.Equals(entry.File, CheckpointEntry.FileOf(entry.Step), StringComparison.Ordinal))
                throw new CheckpointException($"{path} was changed: step {entry.Step} names the file {entry.File}");
            last = entry.Step;
        }

        if (index.Find(index.Latest) is null)
            throw new CheckpointException($"{path} was changed: the latest step {index.Latest} is not listed");
        if (index.Best is { } best && index.Find(best) is null)
            throw new CheckpointException($"{path} was changed: the best step {best} is not listed");
        return index;
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    NewLine = "\n",
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CheckpointIndex))]
internal sealed partial class CheckpointJson : JsonSerializerContext;

using ClusterTrain.Training.Durable;

namespace ClusterTrain.Runs.Checkpoints;

/// <summary>
/// The folder <c>checkpoints/</c> of a run. The order of writing makes every moment safe to be killed in: first the new
/// file, then the index that names it, and only then are files deleted that the index no longer names.
/// </summary>
/// <param name="folder">The checkpoints' own folder; created by the first <see cref="Save"/>.</param>
/// <param name="specHash">Hash of the run's spec; checkpoints of another one are refused.</param>
/// <param name="keep">Newest checkpoints that are kept beside the best one, 1 or more.</param>
public sealed class CheckpointStore(string folder, string specHash, int keep)
{
    public const string IndexName = "checkpoints.json";

    private readonly int _keep = keep > 0 ? keep : throw new ArgumentOutOfRangeException(nameof(keep));

    private string IndexPath => Path.Combine(folder, IndexName);

    /// <summary>Which checkpoints there are; null before the first.</summary>
    /// <exception cref="CheckpointException">The index is damaged.</exception>
    public CheckpointIndex? Index() => CheckpointIndex.Read(IndexPath);

    /// <summary>Writes a checkpoint; when this returns it survives a power cut.</summary>
    /// <exception cref="FileFailureException">The folder cannot be written; the checkpoints before are still good.</exception>
    /// <exception cref="CheckpointException">The index is damaged.</exception>
    public CheckpointEntry Save(CheckpointContent content, bool isBest)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(content.Step, nameof(content));
        CreateFolder();
        var before = Index();
        var file = CheckpointEntry.FileOf(content.Step);
        var sha256 = CheckpointFile.Write(Path.Combine(folder, file), content, specHash);
        var entry = new CheckpointEntry(content.Step, file, sha256, content.StateHash, content.LedgerHead);
        var index = CheckpointIndex.After(before, entry, isBest, _keep);
        index.Write(IndexPath);
        DeleteUnlisted(folder, index);
        return entry;
    }

    /// <summary>The checkpoints that can be read, by ascending step, whatever the index says: what each says of itself.</summary>
    public IReadOnlyList<(CheckpointEntry Entry, CheckpointContent Content)> Found() => !Directory.Exists(folder) ? [] :
    [
        .. Directory.EnumerateFiles(folder, "step-*.safetensors").Select(path => CheckpointFile.TryRead(path, specHash))
            .OfType<(CheckpointEntry Entry, CheckpointContent Content)>().OrderBy(found => found.Entry.Step),
    ];

    /// <summary>Whether a checkpoint's file is the one that the index names.</summary>
    public bool IsAsListed(CheckpointEntry entry) => Path.Combine(folder, entry.File) is var path && File.Exists(path) && Sha256Hex.OfFile(path) == entry.Sha256;

    /// <summary>The checkpoint in the place of one that is listed, where it says that it has the same state; null where it does not.</summary>
    public (CheckpointEntry Entry, CheckpointContent Content)? WrittenOver(CheckpointEntry entry) =>
        CheckpointFile.TryRead(Path.Combine(folder, entry.File), specHash) is { } found
        && found.Entry.StateHash == entry.StateHash && found.Entry.LedgerHead == entry.LedgerHead ? found : null;

    /// <summary>Names a checkpoint in the index, in the place of the one of its step.</summary>
    /// <exception cref="FileFailureException">The folder cannot be written.</exception>
    public void List(CheckpointEntry written)
    {
        var index = Index()!;
        (index with { Checkpoints = [.. index.Checkpoints.Select(entry => entry.Step == written.Step ? written : entry)] }).Write(IndexPath);
    }

    /// <summary>Writes an index anew over one that is damaged.</summary>
    /// <param name="entries">By ascending step, 1 or more.</param>
    /// <param name="best">Step of the best of them, or null.</param>
    /// <exception cref="FileFailureException">The folder cannot be written.</exception>
    public void Rebuild(IReadOnlyList<CheckpointEntry> entries, long? best) => new CheckpointIndex(entries[^1].Step, best, entries).Write(IndexPath);

    /// <exception cref="CheckpointException">There is no such checkpoint, or it was changed.</exception>
    public CheckpointContent Load(long step) => Load(ExistingIndex(), step);

    /// <summary>The newest checkpoint from which a run can go on, falling back to older ones when files are damaged.</summary>
    /// <returns>
    /// The checkpoint, null if there is none at all; and a warning a line for each that had to be passed over.
    /// </returns>
    /// <exception cref="CheckpointException">There are checkpoints but none is good, or the index is damaged.</exception>
    public (CheckpointContent? Checkpoint, IReadOnlyList<string> Warnings) TryLoadLatestGood()
    {
        var index = Index();
        if (index is null)
            return (null, []);
        var warnings = new List<string>();
        foreach (var entry in index.Checkpoints.Where(entry => entry.Step <= index.Latest).Reverse())
        {
            try
            {
                return (Load(index, entry.Step), warnings);
            }
            catch (CheckpointException failure)
            {
                warnings.Add($"{failure.Message}; falling back to the checkpoint before");
            }
        }

        throw new CheckpointException($"{folder} has no usable checkpoint: {warnings[0]}");
    }

    private CheckpointContent Load(CheckpointIndex index, long step)
    {
        var entry = index.Find(step)
            ?? throw new CheckpointException(
                $"step {step}: {folder} has no such checkpoint; there are {string.Join(", ", index.Checkpoints.Select(c => c.Step))}");
        return CheckpointFile.Read(Path.Combine(folder, entry.File), entry, specHash);
    }

    private CheckpointIndex ExistingIndex() =>
        Index() ?? throw new CheckpointException($"{folder} has no checkpoints");

    private void CreateFolder()
    {
        try
        {
            FolderSync.Create(folder);
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
            throw FileFailureException.For("create", folder, failure);
        }
    }

    /// <summary>Old checkpoints, and those of a writer that was killed before it could list them.</summary>
    internal static void DeleteUnlisted(string folder, CheckpointIndex index)
    {
        var listed = index.Checkpoints.Select(entry => entry.File).ToHashSet(StringComparer.Ordinal);
        try
        {
            foreach (var path in Directory.EnumerateFiles(folder, "step-*.safetensors*").ToList())
            {
                if (!listed.Contains(Path.GetFileName(path)))
                    Disk.Delete(path);
            }
        }
        catch (Exception failure) when (FileFailureException.IsFileFailure(failure))
        {
            // The checkpoint itself is safe; a file that is held open now goes at the next save.
        }
    }
}

using ClusterTrain.Runs.Checkpoints;
using ClusterTrain.Runs.Ledger;
using ClusterTrain.Runs.Results;
using ClusterTrain.Training.Durable;

namespace ClusterTrain.Runs.Copies;

/// <summary>
/// A copy of a run's folder that follows the original. Whenever it breaks off, what is there is a run that can be gone on with:
/// a checkpoint is named after it and the ledger's lines up to it have come, the summary after all else. A newer state than the
/// original's stays, since both come to the same bits.
/// </summary>
/// <param name="folder">The copy; need not exist. Nobody else writes it meanwhile.</param>
/// <param name="source">The original.</param>
public sealed class RunCopy(RunFolder folder, IRunSource source)
{
    private const string IndexFile = RunFolder.CheckpointsName + "/" + CheckpointStore.IndexName;

    // Of the moment, or said by others than the files.
    private static readonly string[] NotCopied = [RunFolder.SpecName, RunFolder.LedgerName, RunFolder.MetricsName, RunFolder.SummaryName, IndexFile];

    private string IndexPath => folder.PathOf(IndexFile);

    /// <summary>Brings the spec, with which there is a run.</summary>
    /// <exception cref="Exception">What the source threw, or a file that cannot be written.</exception>
    public void Begin()
    {
        FolderSync.Create(folder.FullPath);
        if (!File.Exists(folder.SpecPath)) Bring(RunFolder.SpecName);
    }

    /// <summary>Step of the original's newest checkpoint; -1 where there is none, or where it is another run's.</summary>
    /// <exception cref="Exception">What the source threw.</exception>
    public long LatestOfOriginal()
    {
        var files = source.Files();
        if (!files.ContainsKey(RunFolder.SpecName) || !files.ContainsKey(IndexFile)) return -1;
        using var spec = new MemoryStream();
        source.Bring(RunFolder.SpecName, 0, spec);
        return spec.ToArray().AsSpan().SequenceEqual(File.ReadAllBytes(folder.SpecPath)) ? ReadIndex().Latest : -1;
    }

    /// <summary>Step of the copy's own newest checkpoint; -1 where there is none.</summary>
    public long Latest => OwnIndex()?.Latest ?? -1;

    /// <summary>Brings what is needed to go on with the run: spec, newest and best checkpoint, ledger, metrics.</summary>
    /// <param name="also">Names of files that grow, and are brought beside these.</param>
    /// <exception cref="Exception">What the source threw, or a file that cannot be written.</exception>
    public void Follow(params IReadOnlyCollection<string> also)
    {
        var files = source.Files();
        Follow(files, isWhole: false);
        foreach (var name in also)
            if (files.GetValueOrDefault(name, -1) > LengthOf(name)) Bring(name);
    }

    /// <summary>Brings everything of a run that is not at work any more.</summary>
    /// <param name="but">Names of files that are not part of it.</param>
    /// <exception cref="Exception">What the source threw, or a file that cannot be written.</exception>
    public void Complete(params IReadOnlyCollection<string> but)
    {
        var files = source.Files();
        if (!Follow(files, isWhole: true)) return;
        foreach (var (name, bytes) in files)
            if (!NotCopied.Contains(name, StringComparer.Ordinal) && !but.Contains(name) && !IsCheckpoint(name) && LengthOf(name) != bytes)
                Bring(name);
        if (files.ContainsKey(RunFolder.SummaryName)) Bring(RunFolder.SummaryName);
    }

    private static bool IsCheckpoint(string name) => name.StartsWith(RunFolder.CheckpointsName + "/", StringComparison.Ordinal);

    // False where the copy is ahead of the original.
    private bool Follow(IReadOnlyDictionary<string, long> files, bool isWhole)
    {
        Begin();

        // It only grows; who is in it must get no work of the copy either.
        if (files.TryGetValue(RunFolder.ConvictedName, out var convicted) && convicted > LengthOf(RunFolder.ConvictedName)) Bring(RunFolder.ConvictedName);
        var index = files.ContainsKey(IndexFile) ? ReadIndex() : null;
        var own = OwnIndex();
        if (own?.Latest > (index?.Latest ?? -1)) return false;
        if (index is not null) BringCheckpoints(index, own, isWhole);
        if (files.ContainsKey(RunFolder.LedgerName)) BringLedger();
        if (files.TryGetValue(RunFolder.MetricsName, out var bytes) && LengthOf(RunFolder.MetricsName) != bytes) Bring(RunFolder.MetricsName);
        if (index is null) return true;
        RequireLedgerOf(index);
        var kept = isWhole ? index : index with { Checkpoints = [.. Wanted(index, isWhole)] };
        kept.Write(IndexPath);
        CheckpointStore.DeleteUnlisted(folder.CheckpointsPath, kept);
        return true;
    }

    private static IEnumerable<CheckpointEntry> Wanted(CheckpointIndex index, bool isWhole) =>
        index.Checkpoints.Where(entry => isWhole || entry.Step == index.Latest || entry.Step == index.Best);

    private CheckpointIndex ReadIndex()
    {
        using var content = new MemoryStream();
        source.Bring(IndexFile, 0, content);
        return CheckpointIndex.Parse(content.ToArray(), IndexFile);
    }

    private CheckpointIndex? OwnIndex()
    {
        try
        {
            return CheckpointIndex.Read(IndexPath);
        }
        catch (CheckpointException)
        {
            return null; // it is brought anew
        }
    }

    private void BringCheckpoints(CheckpointIndex index, CheckpointIndex? own, bool isWhole)
    {
        FolderSync.Create(folder.CheckpointsPath);
        foreach (var entry in Wanted(index, isWhole))
        {
            var path = Path.Combine(folder.CheckpointsPath, entry.File);
            if (File.Exists(path) && (own?.Find(entry.Step)?.Sha256 == entry.Sha256 || Sha256Hex.OfFile(path) == entry.Sha256)) continue;
            if (AtomicFile.Write(path, stream => source.Bring($"{RunFolder.CheckpointsName}/{entry.File}", 0, stream)) != entry.Sha256)
                throw new CheckpointException($"{entry.File} did not come as {CheckpointStore.IndexName} names it");
        }
    }

    // The lines that are there already are the original's, to the bit; only what follows is brought.
    private void BringLedger()
    {
        var isNew = !File.Exists(folder.LedgerPath);
        using var file = new FileStream(folder.LedgerPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        file.SetLength(LedgerFile.WholeBytes(file));
        file.Position = file.Length;
        source.Bring(RunFolder.LedgerName, file.Length, file);
        Disk.Sync(file);
        if (isNew) FolderSync.Flush(folder.FullPath);
    }

    private void RequireLedgerOf(CheckpointIndex index)
    {
        if (index.Find(index.Latest) is not { Step: > 0 } latest || LedgerFile.HashOfLine(folder.LedgerPath, latest.Step - 1) == latest.LedgerHead) return;
        Disk.Delete(folder.LedgerPath);
        throw new CheckpointException($"{folder.LedgerPath} was not the original's: it is brought anew");
    }

    private long LengthOf(string name) => new FileInfo(folder.PathOf(name)) is { Exists: true } file ? file.Length : -1;

    private void Bring(string name)
    {
        FolderSync.Create(Path.GetDirectoryName(folder.PathOf(name))!);
        AtomicFile.Write(folder.PathOf(name), stream => source.Bring(name, 0, stream));
    }
}

using ClusterTrain.Runs.Checkpoints;
using ClusterTrain.Runs.Ledger;
using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.Commit;
using ClusterTrain.Training.Durable;
using ClusterTrain.Training.State;

namespace ClusterTrain.Runs.Verification;

/// <summary>What an audit found.</summary>
/// <param name="Problems">One line for each difference, with the step or file it is in; empty when all is as it was.</param>
/// <param name="Steps">Steps in the ledger.</param>
/// <param name="Checkpoints">Checkpoints that were read back and hashed.</param>
/// <param name="Replayed">Steps that were executed again.</param>
public sealed record VerifyReport(
    IReadOnlyList<string> Problems, long Steps, int Checkpoints, IReadOnlyList<long> Replayed)
{
    /// <summary>Evaluations whose figures were measured again.</summary>
    public int Evaluations { get; init; }

    /// <summary>Workers that were convicted, some of whose steps in doubt were not executed again.</summary>
    public IReadOnlyList<ConvictedWorker> InDoubt { get; init; } = [];

    /// <summary>The folder's root hash as it is now; null where it has none.</summary>
    public string? RootHash { get; init; }
}

/// <summary>
/// Audits a run's folder: hashes of all files, the ledger's chain, every checkpoint's state, and, by executing some steps and
/// evaluations again, that they give what ledger, metrics and summary name.
/// </summary>
public sealed class RunVerifier(StoredRun run)
{
    private readonly List<string> _problems = [];

    /// <summary>Looks at everything, and executes as much again as is asked for.</summary>
    public VerifyReport Verify(VerifyOptions options)
    {
        var summary = ReadSummary();
        var root = Root(options.Against);
        var bytes = ReadLedger();
        var ledger = LedgerReader.Parse(bytes, run.SpecHashText, summary?.LedgerHead);
        _problems.AddRange(ledger.Problems.Select(problem => problem.Message));
        ClaimCheck(summary);
        var figures = new FigureCheck(run, summary, ledger.Entries.Count, _problems);
        figures.Shape();
        var hashes = CheckCheckpoints(bytes, ledger, summary, out var count);
        var replay = new SegmentReplay(run, ledger.Entries, hashes, figures.Collapse, _problems);
        if (ledger.Problems.Count == 0)
        {
            if (options.From is { } from) replay.Between(from, options.To ?? long.MaxValue - 1);
            else if (options.All) replay.All(model => figures.Validate(model, options));
            else replay.Sample(options);
        }

        Measure(figures, hashes, summary, options);
        return new VerifyReport([.. _problems.Distinct()], ledger.Entries.Count, count, [.. replay.Replayed.Order()])
        {
            Evaluations = figures.Count,
            RootHash = root,
            InDoubt = [.. (summary?.Convicted ?? []).Where(worker => replay.Replayed.Count(step => step > worker.LastGood && step < worker.Step) < worker.Step - 1 - worker.LastGood)],
        };
    }

    private byte[] ReadLedger()
    {
        if (File.Exists(run.Folder.LedgerPath)) return LedgerFile.ReadBytes(run.Folder.LedgerPath);
        _problems.Add($"{RunFolder.LedgerName} is missing");
        return [];
    }

    private RunSummary? ReadSummary()
    {
        // A run that diverged has no summary, and says so.
        if (!File.Exists(run.Folder.SummaryPath) && SessionEnd.Diverged.Read(run.Folder) is not null) return null;
        if (!File.Exists(run.Folder.SummaryPath))
        {
            _problems.Add($"{RunFolder.SummaryName} is missing: the run is at work or was killed (--resume goes on with it), or the file was deleted");
            return null;
        }

        _problems.AddRange(SummaryFile.Problems(run.Folder));
        try
        {
            var summary = SummaryFile.Read(run.Folder);
            Compare("data", summary.Fingerprint.Data, run.Context.Data.Hash);
            Compare("spec", summary.Fingerprint.Spec, run.SpecHashText);
            Compare("math", $"{summary.Fingerprint.Math} {summary.Fingerprint.MathVersion}", run.Context.Math.ToString());
            return summary;
        }
        catch (FileFailureException)
        {
            return null; // already among the problems
        }
    }

    private string? Root(string? against)
    {
        try
        {
            var root = SummaryFile.Root(run.Folder);
            if (against is not null && root != against) _problems.Add($"the folder's root hash is {root}, not {against}: something in it was changed");
            return root;
        }
        catch (FileFailureException failure)
        {
            if (against is not null) _problems.Add($"the folder's root hash cannot be computed: {failure.Message}");
            return null;
        }
    }

    private void Compare(string what, string recorded, string found)
    {
        if (recorded != found) _problems.Add($"{RunFolder.SummaryName}: the run's {what} was {recorded}, here it is {found}");
    }

    // A copy of a folder has no claim, or one that counts nobody.
    private void ClaimCheck(RunSummary? summary)
    {
        try
        {
            if (RunClaim.CountOf(run.Folder.FullPath) is { } count && summary is { Sessions: > 0 } && count != summary.Sessions)
                _problems.Add($"{RunClaim.FileName} counts {count} sessions, {RunFolder.SummaryName} says {summary.Sessions}");
        }
        catch (Exception failure) when (failure is FormatException or OverflowException)
        {
            _problems.Add($"{RunClaim.FileName} was changed: it counts no sessions");
        }
    }

    /// <returns>Of each checkpoint that is good, the hash of its state.</returns>
    private Dictionary<long, string> CheckCheckpoints(byte[] bytes, LedgerReading ledger, RunSummary? summary, out int count)
    {
        Dictionary<long, string> hashes = [];
        count = 0;
        try
        {
            var index = run.Checkpoints.Index();
            Unlisted(index);
            foreach (var entry in index?.Checkpoints ?? [])
            {
                count++;
                if (CheckCheckpoint(entry, bytes, ledger) is not { } hash) continue;
                hashes[entry.Step] = hash;
                foreach (var (field, recorded) in Recorded(summary, entry.Step).Where(recorded => recorded.Hash != hash))
                    _problems.Add($"step {entry.Step}: {RunFolder.SummaryName} says {field} {recorded}, the checkpoint has {hash}");
            }

            if (summary is not null && index is not null && !hashes.ContainsKey(summary.BestStep) && summary.BestStep > 0)
                _problems.Add($"step {summary.BestStep}: the result's checkpoint is missing or damaged");
        }
        catch (CheckpointException failure)
        {
            _problems.Add(failure.Message);
        }

        return hashes;
    }

    private static IEnumerable<(string Field, string Hash)> Recorded(RunSummary? summary, long step)
    {
        if (summary is null) yield break;
        if (step == summary.BestStep) yield return ("bestStateHash", summary.BestStateHash);
        if (step == (summary.Status == RunStatus.Interrupted ? summary.Steps : summary.BestStep)) yield return ("stateHash", summary.StateHash);
    }

    private void Unlisted(CheckpointIndex? index)
    {
        if (!Directory.Exists(run.Folder.CheckpointsPath)) return;
        var listed = index?.Checkpoints.Select(entry => entry.File).ToHashSet(StringComparer.Ordinal) ?? [];
        foreach (var name in Directory.EnumerateFileSystemEntries(run.Folder.CheckpointsPath).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal))
            if (name != CheckpointStore.IndexName && !listed.Contains(name))
                _problems.Add($"{RunFolder.CheckpointsName}/{name} is in no index: it was added, or left by a writer that was killed");
    }

    private string? CheckCheckpoint(CheckpointEntry entry, byte[] bytes, LedgerReading ledger)
    {
        try
        {
            var (model, _, head) = run.LoadModel(entry.Step);
            var hash = StateTensors.Hash(model);
            if (hash != entry.StateHash)
                _problems.Add($"step {entry.Step}: the checkpoint's state has hash {hash}, recorded is {entry.StateHash}");
            if (HeadAfter(bytes, entry.Step) is not { } line)
                _problems.Add($"step {entry.Step}: the checkpoint is of a step that the ledger has not");
            else if (line != head)
                _problems.Add($"step {entry.Step}: the checkpoint belongs to another ledger: its last line's hash is not {head}");
            LedgerStateCheck(model, ledger);
            return hash;
        }
        catch (CheckpointException failure)
        {
            _problems.Add(failure.Message);
            return null;
        }
    }

    private void LedgerStateCheck(ModelState model, LedgerReading ledger)
    {
        if (model.Version == 0 || ledger.Problems.Count > 0 || model.Version > ledger.Entries.Count) return;
        var (fingerprint, recorded) = (StepCommit.FingerprintOf(model).ToString(), ledger.Entries[(int)model.Version - 1].State);
        if (fingerprint != recorded)
            _problems.Add($"step {model.Version}: the checkpoint's state has fingerprint {fingerprint}, the ledger says {recorded} after step {model.Version - 1}");
    }

    private string? HeadAfter(byte[] ledger, long steps)
    {
        var lines = LedgerFile.Lines(ledger, out _);
        if (lines.Count < steps) return null;
        var length = lines.Take((int)steps).Sum(line => line.Length + 1);
        return LedgerReader.Parse(ledger.AsMemory(0, length), run.SpecHashText).Head;
    }

    private void Measure(FigureCheck figures, Dictionary<long, string> hashes, RunSummary? summary, VerifyOptions options)
    {
        try
        {
            if (!options.All)
                foreach (var step in hashes.Keys.Where(step => step > 0).Order()) figures.Validate(run.LoadModel(step).Model, options);
            if (summary is { Status: not RunStatus.Interrupted } && hashes.ContainsKey(summary.BestStep))
                figures.Conclude(run.LoadModel(summary.BestStep).Model, options);
        }
        catch (CheckpointException failure)
        {
            _problems.Add(failure.Message);
        }
    }
}

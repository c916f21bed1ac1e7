using ClusterTrain.Runs.Checkpoints;
using ClusterTrain.Runs.Ledger;
using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.Durable;
using ClusterTrain.Training.Serial;
using ClusterTrain.Training.State;

namespace ClusterTrain.Runs.Verification;

/// <summary>What an audit found.</summary>
/// <param name="Problems">One line for each difference, with the step or file it is in; empty when all is as it was.</param>
/// <param name="Steps">Steps in the ledger.</param>
/// <param name="Checkpoints">Checkpoints that were read back and hashed.</param>
/// <param name="Replayed">Steps that were executed again.</param>
public sealed record VerifyReport(
    IReadOnlyList<string> Problems, long Steps, int Checkpoints, IReadOnlyList<long> Replayed);

/// <summary>
/// Audits a run's folder: hashes of all files, the ledger's chain, every checkpoint's state, and, by executing some steps
/// again, that they give the states the ledger names.
/// </summary>
public sealed class RunVerifier(StoredRun run)
{
    private readonly List<string> _problems = [];

    /// <param name="steps">Steps to execute again, spread over the beginning and the checkpoints; 0 or more.</param>
    public VerifyReport Verify(int steps)
    {
        var summary = File.Exists(run.Folder.SummaryPath) ? ReadSummary() : null;
        var bytes = ReadLedger();
        var ledger = LedgerReader.Parse(bytes, run.SpecHashText, summary?.LedgerHead);
        _problems.AddRange(ledger.Problems.Select(problem => problem.Message));
        var starts = new SortedDictionary<long, ModelState> { [0] = RunState.Initial(run.Context.Plan).Model };
        var checkpoints = CheckCheckpoints(starts, bytes, summary);
        List<long> replayed = ledger.Problems.Count == 0 ? Replay(starts, ledger.Entries, steps) : [];
        return new VerifyReport([.. _problems.Distinct()], ledger.Entries.Count, checkpoints, replayed);
    }

    private byte[] ReadLedger()
    {
        if (File.Exists(run.Folder.LedgerPath)) return LedgerFile.ReadBytes(run.Folder.LedgerPath);
        _problems.Add($"{RunFolder.LedgerName} is missing");
        return [];
    }

    private RunSummary? ReadSummary()
    {
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

    private void Compare(string what, string recorded, string found)
    {
        if (recorded != found) _problems.Add($"summary.json: the run's {what} was {recorded}, here it is {found}");
    }

    private int CheckCheckpoints(SortedDictionary<long, ModelState> starts, byte[] ledger, RunSummary? summary)
    {
        var count = 0;
        try
        {
            foreach (var entry in run.Checkpoints.Index()?.Checkpoints ?? [])
            {
                if (CheckCheckpoint(entry, ledger) is { } model) starts[entry.Step] = model;
                count++;
                if (summary is not null && summary.BestStep == entry.Step && summary.BestStateHash != entry.StateHash)
                    _problems.Add($"step {entry.Step}: summary.json says bestStateHash {summary.BestStateHash}, the checkpoint has {entry.StateHash}");
            }
        }
        catch (CheckpointException failure)
        {
            _problems.Add(failure.Message);
        }

        return count;
    }

    private ModelState? CheckCheckpoint(CheckpointEntry entry, byte[] ledger)
    {
        try
        {
            var (model, _, head) = run.LoadModel(entry.Step);
            var hash = StateTensors.Hash(model);
            if (hash != entry.StateHash)
                _problems.Add($"step {entry.Step}: the checkpoint's state has hash {hash}, recorded is {entry.StateHash}");
            if (HeadAfter(ledger, entry.Step) is { } line && line != head)
                _problems.Add($"step {entry.Step}: the checkpoint belongs to another ledger: its last line's hash is not {head}");
            return model;
        }
        catch (CheckpointException failure)
        {
            _problems.Add(failure.Message);
            return null;
        }
    }

    private string? HeadAfter(byte[] ledger, long steps)
    {
        var lines = LedgerFile.Lines(ledger, out _);
        if (lines.Count < steps) return null;
        var length = lines.Take((int)steps).Sum(line => line.Length + 1);
        return LedgerReader.Parse(ledger.AsMemory(0, length), run.SpecHashText).Head;
    }

    private List<long> Replay(SortedDictionary<long, ModelState> starts, IReadOnlyList<LedgerEntry> ledger, int steps)
    {
        var replay = new SerialStep(run.Context);
        List<long> replayed = [];
        foreach (var (start, count) in Shares([.. starts.Keys], ledger.Count, steps))
        {
            var model = starts[start];
            for (var step = start; step < start + count; step++)
            {
                if (!Agrees(ledger[(int)step], replay, model)) return replayed;
                replayed.Add(step);
            }
        }

        return replayed;
    }

    private bool Agrees(LedgerEntry recorded, SerialStep replay, ModelState model)
    {
        try
        {
            var (fingerprint, loss) = replay.Advance(model);
            var again = new LedgerEntry(recorded.Step, fingerprint.ToString(), loss);
            if (again == recorded) return true;
            _problems.Add(
                $"step {recorded.Step}: executed again it gives state {again.State} and loss {again.Loss:R}, "
                + $"the ledger says {recorded.State} and {recorded.Loss:R}");
        }
        catch (InvalidOperationException failure)
        {
            _problems.Add(failure.Message);
        }

        return false;
    }

    /// <summary>How many steps to execute from each start: shared evenly, each at most up to the next start.</summary>
    internal static IReadOnlyList<(long Start, long Count)> Shares(IReadOnlyList<long> starts, long end, long steps)
    {
        var room = starts.Select((start, i) => Math.Max(0, (i + 1 < starts.Count ? starts[i + 1] : end) - start)).ToArray();
        var counts = new long[starts.Count];
        for (var left = Math.Min(steps, room.Sum()); left > 0;)
        {
            for (var i = 0; i < counts.Length && left > 0; i++)
            {
                if (counts[i] == room[i]) continue;
                counts[i]++;
                left--;
            }
        }

        return [.. starts.Select((start, i) => (start, counts[i])).Where(share => share.Item2 > 0)];
    }
}

using ClusterTrain.Runs.Ledger;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.Serial;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Stopping;

namespace ClusterTrain.Runs.Verification;

/// <summary>Executes steps of a run again: whole segments from one known state to the next, so that no line between them is left out.</summary>
/// <param name="run">The run.</param>
/// <param name="ledger">What it says.</param>
/// <param name="hashes">Of each checkpoint that is good, by step: SHA-256 of its state.</param>
/// <param name="collapse">Collapses of training on one step that its figures show.</param>
/// <param name="problems">Where differences go, a line each.</param>
internal sealed class SegmentReplay(
    StoredRun run, IReadOnlyList<LedgerEntry> ledger, IReadOnlyDictionary<long, string> hashes, CollapseState collapse, List<string> problems)
{
    private readonly SerialStep _step = new(run.Context, collapse);

    /// <summary>Steps that were executed again, in that order.</summary>
    public List<long> Replayed { get; } = [];

    /// <summary>Everything, in one chain.</summary>
    /// <param name="visit">Sees the state after each step.</param>
    public void All(Action<ModelState> visit)
    {
        var model = RunState.Initial(run.Context.Plan).Model;
        while (model.Version < ledger.Count && Advance(model)) visit(model);
    }

    /// <summary>Some steps, from the newest checkpoint before them on.</summary>
    public void Between(long from, long to)
    {
        var start = hashes.Keys.Where(step => step <= from).DefaultIfEmpty(0).Max();
        Segment(start, Math.Min(ledger.Count, to + 1), () => false);
    }

    /// <summary>A sample: segments in a drawn order as long as they fit in, then the first steps of one that does not.</summary>
    public void Sample(VerifyOptions options)
    {
        long[] starts = [.. hashes.Keys.Append(0).Where(step => step < ledger.Count).Distinct().Order()];
        var (left, began) = (options.Steps, options.Time.GetTimestamp());
        bool IsOver() => Replayed.Count >= options.LeastSteps && options.Time.GetElapsedTime(began) > options.Patience;
        var order = options.Shuffled(starts.Length);
        foreach (var fits in (bool[])[true, false])
        {
            foreach (var at in order)
            {
                var end = at + 1 < starts.Length ? starts[at + 1] : ledger.Count;
                var length = end - starts[at];
                if (left == 0 || IsOver() || (fits ? length > left : Replayed.Contains(starts[at]))) continue;
                if (!Segment(starts[at], Math.Min(end, starts[at] + left), IsOver)) return;
                left -= Math.Min(left, length);
            }
        }
    }

    private bool Segment(long start, long end, Func<bool> isOver)
    {
        var model = start == 0 ? RunState.Initial(run.Context.Plan).Model : run.LoadModel(start).Model;
        while (model.Version < end)
        {
            if (!Advance(model)) return false;
            if (isOver()) break;
        }

        return true;
    }

    private bool Advance(ModelState model)
    {
        var recorded = ledger[(int)model.Version];
        try
        {
            var (fingerprint, loss) = _step.Advance(model);
            Replayed.Add(recorded.Step);
            var again = new LedgerEntry(recorded.Step, fingerprint.ToString(), loss);
            if (again != recorded)
            {
                problems.Add(
                    $"step {recorded.Step}: executed again it gives state {again.State} and loss {again.Loss:R}, "
                    + $"the ledger says {recorded.State} and {recorded.Loss:R}");
                return false;
            }

            if (!hashes.TryGetValue(model.Version, out var expected) || StateTensors.Hash(model) is var hash && hash == expected) return true;
            problems.Add($"step {model.Version}: executing the steps before it gives a state with hash {hash}, the checkpoint has {expected}");
        }
        catch (InvalidOperationException failure)
        {
            problems.Add(failure.Message);
        }

        return false;
    }
}

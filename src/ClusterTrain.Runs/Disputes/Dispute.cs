using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Thinning;
using ClusterTrain.Runs.Checkpoints;
using ClusterTrain.Runs.Ledger;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Runs.Verification;
using ClusterTrain.Training.Commit;
using ClusterTrain.Training.Durable;
using ClusterTrain.Training.Serial;
using ClusterTrain.Training.State;

namespace ClusterTrain.Runs.Disputes;

/// <summary>
/// Settles which of two runs that should be one is right: the first step on which their ledgers part is found by bisection, and that
/// step is executed here. The idea is refereed delegation (Canetti, Riva, Rothblum 2011): of two that disagree, one is caught by
/// a referee who does a small part of the work.
/// </summary>
/// <param name="first">One run.</param>
/// <param name="second">The other, of the same spec, data and math.</param>
public sealed class Dispute(StoredRun first, StoredRun second)
{
    private int _comparisons;

    /// <exception cref="FileFailureException">A ledger cannot be read, or is not one piece; or they agree on what cannot be.</exception>
    public DisputeReport Settle()
    {
        var (one, other) = (Ledger(first), Ledger(second));
        if (Parting(one.Lines, other.Lines) is not { } step) return new DisputeReport(DisputeVerdict.Agree, null, _comparisons);
        var (model, from) = StateAt(step, one.Entries);
        var network = model.Network;
        List<(double Loss, string Fingerprint)> shards = [];
        var (fingerprint, loss) = new SerialStep(first.Context, RecordedCollapse.Of(first)).Advance(
            model, (_, gradient) => shards.Add((gradient.Loss, StateFingerprint.OfRow(0, 0, gradient.Values).ToString())));
        var here = new LedgerEntry(step, fingerprint.ToString(), loss);
        var verdict = here == one.Entries[(int)step] ? DisputeVerdict.First : here == other.Entries[(int)step] ? DisputeVerdict.Second : DisputeVerdict.Neither;
        var value = (verdict == DisputeVerdict.First ? null : Difference(first, model)) ?? (verdict == DisputeVerdict.Second ? null : Difference(second, model));
        return new DisputeReport(verdict, step, _comparisons)
        {
            From = from,
            States = [.. new[] { here, one.Entries[(int)step], other.Entries[(int)step] }.Select(line => FormattableString.Invariant($"{line.State} loss {line.Loss:R}"))],
            Value = value,
            Shards = [.. shards.Select((shard, at) => new DisputedShard(at, shard.Loss, shard.Fingerprint, value is null ? null : Holds(network, step, at, value)))],
        };
    }

    private static (List<ReadOnlyMemory<byte>> Lines, IReadOnlyList<LedgerEntry> Entries) Ledger(StoredRun run)
    {
        var bytes = LedgerFile.ReadBytes(run.Folder.LedgerPath);
        var reading = LedgerReader.Parse(bytes, run.SpecHashText);
        if (reading.Problems.FirstOrDefault(problem => reading.TornBytes == 0 || problem.Step != reading.Entries.Count) is { } problem)
            throw new FileFailureException($"{run.Folder.LedgerPath}: {problem.Message}; a dispute is about ledgers that are whole");
        return (LedgerFile.Lines(bytes, out _), reading.Entries);
    }

    // A line holds the hash of the one before: where two lines are equal, so is everything before them.
    private long? Parting(List<ReadOnlyMemory<byte>> one, List<ReadOnlyMemory<byte>> other)
    {
        var (equal, end) = (0, Math.Min(one.Count, other.Count));
        var length = end;
        while (equal < end)
        {
            var middle = equal + ((end - equal) / 2);
            _comparisons++;
            if (one[middle].Span.SequenceEqual(other[middle].Span)) equal = middle + 1;
            else end = middle;
        }

        return equal == length ? null : equal;
    }

    // The newest checkpoint of either that both ledgers vouch for, and from there the few steps that lie between.
    private (ModelState Model, long From) StateAt(long step, IReadOnlyList<LedgerEntry> agreed)
    {
        var model = Vouched(step, agreed) ?? RunState.Initial(first.Context.Plan).Model;
        var (from, replay) = (model.Version, new SerialStep(first.Context, RecordedCollapse.Of(first)));
        while (model.Version < step)
        {
            var recorded = agreed[(int)model.Version];
            var (fingerprint, loss) = replay.Advance(model);
            if (recorded != new LedgerEntry(recorded.Step, fingerprint.ToString(), loss))
                throw new FileFailureException($"step {recorded.Step}: both ledgers say {recorded.State}, executed here it gives {fingerprint}: this machine, or both others, compute wrongly");
        }

        return (model, from);
    }

    private ModelState? Vouched(long step, IReadOnlyList<LedgerEntry> agreed)
    {
        foreach (var (run, at) in new[] { first, second }.SelectMany(run => Steps(run).Where(at => at > 0 && at <= step).Select(at => (run, at))).OrderByDescending(pair => pair.at))
            if (Load(run, at) is { } model && StepCommit.FingerprintOf(model).ToString() == agreed[(int)at - 1].State) return model;
        return null;
    }

    private static DisputedValue? Difference(StoredRun run, ModelState right)
    {
        if (!Steps(run).Contains(right.Version) || Load(run, right.Version) is not { } wrong) return null;
        DisputedValue? found = null;
        var count = 0L;
        foreach (var (truth, lie) in StateTensors.Of(right).Zip(StateTensors.Of(wrong)))
        {
            for (var at = 0; at < truth.Data.Length; at++)
            {
                var (a, b) = (truth.Data.Span[at], lie.Data.Span[at]);
                if (BitConverter.SingleToInt32Bits(a) == BitConverter.SingleToInt32Bits(b)) continue;
                count++;
                found ??= new DisputedValue(truth.Name, Index(at, truth.Shape), a, b, 0);
            }
        }

        return found is null ? null : found with { Values = count };
    }

    // Units that a shard's mask drops have no gradient in it: such a shard cannot be what went wrong.
    private bool Holds(Network network, long step, int shard, DisputedValue value)
    {
        var plan = first.Context.Plan;
        var tensor = network.Tensors.FirstOrDefault(tensor => value.Tensor == tensor.Name || value.Tensor.EndsWith('.' + tensor.Name, StringComparison.Ordinal));
        if (tensor is null || plan.HasExampleMasks) return true;
        var stage = network.Stages.First(stage => stage.Weight == tensor || (stage.HasBias && stage.Bias == tensor));
        var mask = new ReplicaMask(network).Draw(plan.Masks, step, shard);
        var flat = value.Index.Zip(tensor.Shape).Aggregate(0, (at, side) => (at * side.Second) + side.First);
        if (stage.Weight != tensor) return mask[stage.Output].Indices.Contains(flat);
        float[] columns = [.. Enumerable.Range(0, tensor.Columns)], kept = new float[mask.WeightColumns(stage)];
        mask[stage.Input].Gather(columns, kept);
        return mask.Rows(stage).Indices.Contains(flat / tensor.Columns) && kept.Contains(flat % tensor.Columns);
    }

    private static int[] Index(int flat, IReadOnlyList<int> shape)
    {
        var index = new int[shape.Count];
        for (var side = shape.Count - 1; side >= 0; side--) (flat, index[side]) = Math.DivRem(flat, shape[side]);
        return index;
    }

    private static IEnumerable<long> Steps(StoredRun run)
    {
        try
        {
            return run.Checkpoints.Index()?.Checkpoints.Select(entry => entry.Step) ?? [];
        }
        catch (CheckpointException)
        {
            return [];
        }
    }

    private static ModelState? Load(StoredRun run, long step)
    {
        try
        {
            return run.LoadModel(step).Model;
        }
        catch (CheckpointException)
        {
            return null;
        }
    }
}

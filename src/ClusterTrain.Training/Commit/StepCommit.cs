using ClusterTrain.Numerics.Averaging;
using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Optimizers;
using ClusterTrain.Numerics.Thinning;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Reduction;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Threads;

namespace ClusterTrain.Training.Commit;

/// <summary>
/// From the shards of a step to the next version, in one pass over the parameters, row by row: sum in the tree's order,
/// mean over shards, penalties and optimizer, max-norm, mean of the weights, fingerprint. Rows do not touch each other, so they may be
/// divided among threads in any way.
/// </summary>
public sealed class StepCommit : IRangeJob
{
    private const int AverageSlot = 3;

    // Large enough to be worth a thread's attention, small enough to share out evenly.
    private const int FloatsOfPiece = 32 * 1024;

    private readonly RunPlan _plan;
    private readonly IRangeRunner _runner;
    private readonly List<Piece> _pieces;
    private readonly Lane[] _lanes;
    private readonly ShardHolders _holders;
    private readonly double[] _rates;
    private readonly UpdateFactors[] _factorsOf;
    private ReductionTree _tree = null!;
    private ModelState _state = null!;
    private UpdateFactors _factors;
    private double _averageShare;

    public StepCommit(RunPlan plan, IRangeRunner? runner = null)
    {
        _plan = plan;
        _runner = runner ?? SerialRanges.Instance;
        _holders = new ShardHolders(plan);
        _rates = [.. plan.Network.Stages.Select(plan.RateOf)];
        _factorsOf = new UpdateFactors[_rates.Length];
        _pieces = [.. PiecesOf(plan.Network)];
        var widest = plan.Network.Tensors.Max(tensor => tensor.Columns);
        var length = (widest + MaskedTreeSum.Block - 1) / MaskedTreeSum.Block * MaskedTreeSum.Block;
        var rows = new ReductionTree(plan.Network, plan.Shards).RowBuffers;
        _lanes = [.. Enumerable.Range(0, _runner.Lanes).Select(_ => new Lane(rows, length))];
    }

    int IRangeJob.Pieces => _pieces.Count;

    /// <summary>
    /// Writes version v + 1 beside version v and advances <paramref name="state"/> to it. Null, with the parameters of
    /// version v still current, when a new parameter is NaN or infinite.
    /// </summary>
    public StateFingerprint? Apply(ReductionTree tree, ModelState state)
    {
        (_tree, _state, _factors) = (tree, state, _plan.FactorsAt(state.Version));
        for (var stage = 0; stage < _rates.Length; stage++)
            _factorsOf[stage] = _factors with { LearningRate = _factors.LearningRate * _rates[stage] };
        _averageShare = _plan.AverageShare(state.Version);
        tree.Seal();
        _holders.Aim(state.Version);
        foreach (var lane in _lanes) lane.Reset();
        _runner.Run(this);

        // The fingerprint is a sum mod 2^64: the same however the rows were shared out.
        var (fingerprint, isFinite) = (default(StateFingerprint), true);
        foreach (var lane in _lanes)
        {
            fingerprint += lane.Fingerprint;
            isFinite &= lane.IsFinite;
        }

        if (!isFinite) return null;
        state.Advance();
        return fingerprint;
    }

    /// <summary>The fingerprint of a state at rest: what the commit that made it gave.</summary>
    public static StateFingerprint FingerprintOf(ModelState state)
    {
        var fingerprint = default(StateFingerprint);
        foreach (var (_, first, count, tensor) in PiecesOf(state.Network))
        {
            for (var row = first; row < first + count; row++)
            {
                var offset = tensor.Offset + (Math.Max(0, row) * tensor.Columns);
                fingerprint += StateFingerprint.OfRow(0, offset, state.Parameters.Span.Slice(offset, tensor.Columns));
                for (var moment = 0; moment < state.Moments.Count; moment++)
                    fingerprint += StateFingerprint.OfRow(1 + moment, offset, state.Moments[moment].Span.Slice(offset, tensor.Columns));
                if (state.Average is { } average)
                    fingerprint += StateFingerprint.OfRow(AverageSlot, offset, average.Span.Slice(offset, tensor.Columns));
            }
        }

        return fingerprint;
    }

    void IRangeJob.Run(int piece, int lane)
    {
        var (stage, first, count, tensor) = _pieces[piece];
        for (var row = first; row < first + count; row++) Row(_lanes[lane], stage, row, tensor);
    }

    private void Row(Lane lane, int stageIndex, int row, ParameterTensor tensor)
    {
        _tree.SumRow(stageIndex, row, lane.Buffers, tensor.Columns);
        var stage = _plan.Network.Stages[stageIndex];
        var sum = lane.Buffers[0].AsSpan(0, tensor.Columns);
        var offset = tensor.Offset + (Math.Max(0, row) * tensor.Columns);
        var first = Moment(0, offset, tensor.Columns);
        var second = Moment(1, offset, tensor.Columns);
        var updated = _state.Next.Slice(offset, tensor.Columns);
        var current = _state.Parameters.Span.Slice(offset, tensor.Columns);
        if (_rates[stageIndex] == 0)
        {
            current.CopyTo(updated);
        }
        else if (stage.IsStatistic(row))
        {
            RunningStatistics.Update(stage, _holders, current, sum, updated);
        }
        else
        {
            if (_plan.TakesMeanOfHolders) _holders.ToMeanOfHolders(stage, row, sum);
            _plan.Rule.Apply(_factorsOf[stageIndex], _plan.Penalizes(tensor), current, sum, first, second, updated);
        }

        if (_factors.MaxNorm > 0 && tensor.IsPenalized && _rates[stageIndex] > 0) MaxNorm.Project(updated, _factors.MaxNorm);
        lane.IsFinite &= Finite.All(updated);
        lane.Fingerprint += StateFingerprint.OfRow(0, offset, updated);
        if (!first.IsEmpty) lane.Fingerprint += StateFingerprint.OfRow(1, offset, first);
        if (!second.IsEmpty) lane.Fingerprint += StateFingerprint.OfRow(2, offset, second);
        if (_state.Average is not { } average) return;
        var mean = average.Span.Slice(offset, tensor.Columns);
        WeightAverage.Move(_averageShare, updated, mean);
        lane.Fingerprint += StateFingerprint.OfRow(AverageSlot, offset, mean);
    }

    private Span<float> Moment(int index, int offset, int length) =>
        index < _state.Moments.Count ? _state.Moments[index].Span.Slice(offset, length) : [];

    private static IEnumerable<Piece> PiecesOf(Network network)
    {
        for (var index = 0; index < network.Stages.Length; index++)
        {
            var (weight, bias) = (network.Stages[index].Weight, network.Stages[index].Bias);
            var rows = Math.Max(1, FloatsOfPiece / weight.Columns);
            for (var first = 0; first < weight.Rows; first += rows)
                yield return new Piece(index, first, Math.Min(rows, weight.Rows - first), weight);
            if (network.Stages[index].HasBias) yield return new Piece(index, Stage.BiasRow, 1, bias);
        }
    }

    /// <summary>Rows of one tensor.</summary>
    private sealed record Piece(int Stage, int First, int Count, ParameterTensor Tensor);

    /// <summary>What one thread of a commit owns.</summary>
    private sealed class Lane(int rows, int length)
    {
        public float[][] Buffers { get; } = [.. Enumerable.Range(0, rows).Select(_ => new float[length])];

        public StateFingerprint Fingerprint { get; set; }

        public bool IsFinite { get; set; } = true;

        public void Reset() => (Fingerprint, IsFinite) = (default, true);
    }
}

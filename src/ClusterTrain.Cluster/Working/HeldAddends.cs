using ClusterTrain.Cluster.Plane;
using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Training.Commit;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Reduction;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Cluster.Working;

/// <summary>
/// Gradients that other workers have brought for this one to add its own to. Who brings one is kept waiting until the server has the sum,
/// and is refused where it will not get it. Any thread may call.
/// </summary>
public sealed class HeldAddends
{
    // Of a step and the next one, one for each level of the tree: whoever brings more has lost its way.
    private const int Most = 64;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private readonly List<Addend> _held = [];

    // Behind which shards, up to which, nothing is waited for any more in the step at hand.
    private readonly List<(int First, int End)> _passed = [];
    private TaskCompletionSource _changed = NewChange();
    private RunKey? _run;
    private RunContext? _context;
    private ParameterSlice? _slice;
    private long _step = -1;

    /// <summary>From now on a run's, and no other's.</summary>
    public void Begin(RunKey run, RunContext context)
    {
        lock (_gate)
        {
            if (_run == run && _context == context) return;
            Refuse(_ => true, PlaneOutcome.OtherIncarnation);
            (_run, _context, _slice, _step) = (run, context, new ParameterSlice(context.Plan), -1);
            _passed.Clear();
        }
    }

    /// <summary>This worker has something to add to in a step: what comes for those before is too late.</summary>
    public void Open(long step)
    {
        lock (_gate)
        {
            if (step <= _step) return;
            _step = step;
            _passed.Clear();
            Refuse(addend => addend.Name.Step < step, PlaneOutcome.Over);
        }
    }

    /// <summary>The sum of some shards, when it is here or comes in time; else null. The caller settles it.</summary>
    /// <param name="step">The step.</param>
    /// <param name="first">First shard.</param>
    /// <param name="count">Shards.</param>
    /// <param name="isLate">Whether to wait no longer.</param>
    internal Addend? Take(long step, int first, int count, Func<bool> isLate)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (step != _step) return null;
                var at = _held.FindIndex(addend => addend.Name.Step == step && addend.Name.First == first && addend.Name.Count == count);
                if (at >= 0)
                {
                    var addend = _held[at];
                    _held.RemoveAt(at);
                    return addend;
                }

                changed = _changed.Task;
            }

            if (isLate()) return null;
            changed.Wait(Look);
        }
    }

    /// <summary>Nothing behind a shard of a step, up to another, is waited for any more.</summary>
    public void Pass(long step, int first, int end)
    {
        lock (_gate)
        {
            if (step != _step) return;
            _passed.Add((first, end));
            Refuse(addend => addend.Name.Step == _step && HasPassed(addend.Name), PlaneOutcome.UnknownTensor);
        }
    }

    public (long Bytes, PlaneOutcome Outcome) Expect(TensorName name)
    {
        lock (_gate)
        {
            if (WhyNot(name) is { } why) return (0, why);
            return (sizeof(float) * (long)MaskOf(name).ParameterCount, PlaneOutcome.Done);
        }
    }

    public (ITensorWriting? Writing, PlaneOutcome Outcome) Write(TensorName name, GradientFigures figures)
    {
        lock (_gate)
        {
            if (WhyNot(name) is { } why) return (null, why);
            var block = _context!.Buffers.RentGradient();
            _slice!.Aim(block.Mask, name.Step, name.First, name.Count);
            (block.Shards, block.Loss, block.Correct) = (name.Count, figures.Loss, figures.Correct);
            return (new Writing(this, new Addend(name, block), _context.Buffers), PlaneOutcome.Done);
        }
    }

    private Numerics.Thinning.ReplicaMask MaskOf(TensorName name)
    {
        var mask = new Numerics.Thinning.ReplicaMask(_context!.Plan.Network);
        _slice!.Aim(mask, name.Step, name.First, name.Count);
        return mask;
    }

    private PlaneOutcome? WhyNot(TensorName name)
    {
        if (_run is not { } run || run.Run != name.Run) return PlaneOutcome.UnknownRun;
        if (run.Incarnation != name.Incarnation) return PlaneOutcome.OtherIncarnation;
        if (name.Step < _step) return PlaneOutcome.Over;
        var plan = _context!.Plan;
        if (name.Step >= plan.TotalSteps || name.First == 0 || !BlockSum.IsBlock(name.First, name.Count, plan.Shards)) return PlaneOutcome.UnknownTensor;
        if (name.Step == _step && HasPassed(name)) return PlaneOutcome.UnknownTensor;
        return _held.Count >= Most ? PlaneOutcome.Busy : null;
    }

    private bool HasPassed(TensorName name) => _passed.Exists(passed => name.First > passed.First && name.First < passed.End);

    private PlaneOutcome? Put(Addend addend)
    {
        // A sum of no numbers would be nobody's fault: whoever has them answers for them to the server.
        if (!double.IsFinite(addend.Block.Loss) || !Finite.All(addend.Block.Values)) return PlaneOutcome.UnknownTensor;
        lock (_gate)
        {
            if (WhyNot(addend.Name) is { } why) return why;
            _held.Add(addend);
            Change();
            return null;
        }
    }

    // Whether nobody has taken it, and the memory is the caller's again.
    private bool TakeBack(Addend addend)
    {
        lock (_gate) return _held.Remove(addend);
    }

    private void Refuse(Predicate<Addend> which, PlaneOutcome why)
    {
        foreach (var addend in _held.FindAll(which))
        {
            _context!.Buffers.Return(addend.Block);
            addend.Settle(why);
        }

        _held.RemoveAll(which);
    }

    private void Change()
    {
        var before = _changed;
        _changed = NewChange();
        before.SetResult();
    }

    private static TaskCompletionSource NewChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What one worker has brought.</summary>
    internal sealed class Addend(TensorName name, ShardGradient block)
    {
        private readonly TaskCompletionSource<PlaneOutcome> _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TensorName Name => name;

        /// <summary>Whoever takes it gives the memory back.</summary>
        public ShardGradient Block => block;

        public Task<PlaneOutcome> Settled => _settled.Task;

        /// <summary>The server has it, or why it does not.</summary>
        public void Settle(PlaneOutcome outcome) => _settled.TrySetResult(outcome);
    }

    private sealed class Writing(HeldAddends owner, Addend addend, WorkBuffers buffers) : ITensorWriting
    {
        private bool _isHandedOver;

        public Memory<float> Values => addend.Block.Memory;

        public async Task<PlaneOutcome> Accept(CancellationToken aborted)
        {
            if (owner.Put(addend) is { } why) return why;
            _isHandedOver = true;
            try
            {
                return await addend.Settled.WaitAsync(aborted).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                _isHandedOver = !owner.TakeBack(addend);
                throw;
            }
        }

        public void Dispose()
        {
            if (!_isHandedOver) buffers.Return(addend.Block);
        }
    }
}

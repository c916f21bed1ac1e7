using ClusterTrain.Cluster.Plane;
using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Cluster.Serving;
using ClusterTrain.Training.Commit;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Reduction;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Cluster.Working;

/// <summary>
/// How a worker's gradients get to the server: it adds those of its right neighbours to its own, up the reduction tree, and brings the sum
/// to the neighbour that adds it to its own, while the worker goes on with other work. Whoever does not come in time is left out, and
/// whoever does not answer is passed by: then the server gets what there is, and nobody forgets his part before the server has it.
/// </summary>
/// <param name="settings">Who the worker is.</param>
/// <param name="context">The run.</param>
/// <param name="peers">The other workers.</param>
/// <param name="lost">Told, on any thread, of a run whose server could not be brought what was on its way.</param>
internal sealed class GradientPort(WorkerSettings settings, RunContext context, PeerPlanes peers, Action<RunKey> lost)
{
    // So much longer than for what others bring is waited for an answer: who adds waits for others itself.
    private const double Longer = 1.25;
    private static readonly TimeSpan Answer = TimeSpan.FromMilliseconds(100);

    private readonly WorkerSettings _settings = settings;
    private readonly RunContext _context = context;
    private readonly PeerPlanes _peers = peers;
    private readonly List<Task> _climbs = [];
    private volatile bool _isStopped;
    private string _unheard = "";
    private readonly BlockSum _sums = new(context.Plan.Network, context.Plan.Shards, context.Buffers);

    /// <summary>Address of a worker that has not answered since this was last asked; empty for none.</summary>
    public string TakeUnheard() => Interlocked.Exchange(ref _unheard, "");

    /// <summary>Whether something is still on its way.</summary>
    public bool IsBusy => _climbs.Exists(climb => !climb.IsCompleted);

    /// <summary>Brings the gradients of a range, which go back to the buffers: to the server at once, to other workers by and by.</summary>
    /// <param name="assign">The range, and whom to bring them to.</param>
    /// <param name="received">When it was given, by the clock's timestamps.</param>
    /// <param name="server">The server's plane.</param>
    /// <param name="blocks">The fewest blocks, in their order.</param>
    public PlaneOutcome Bring(ClusterMessage.Assign assign, long received, WorkerPlane server, IReadOnlyList<(int First, ShardGradient Block)> blocks)
    {
        foreach (var climb in _climbs.FindAll(climb => climb.IsCompleted)) climb.GetAwaiter().GetResult();
        _climbs.RemoveAll(climb => climb.IsCompleted);
        if (assign.Adders.Length == 0) return Direct(assign, server, blocks);
        var addends = _settings.Relay?.Addends;
        addends?.Open(assign.Step);
        var adders = assign.Adders.Split(' ');
        if (addends is null || adders.Length != blocks.Count || blocks.Sum(block => block.Block.Shards) != assign.Count)
        {
            addends?.Pass(assign.Step, assign.First, _context.Plan.Shards);
            return Direct(assign, server, blocks);
        }

        // At once: one may wait for what another brings.
        for (var at = 0; at < blocks.Count; at++)
        {
            var climb = new Climb(this, assign, received, server, addends, adders[at], blocks[at].First, blocks[at].Block);
            _climbs.Add(Task.Factory.StartNew(() => Run(climb, assign.Run), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        }

        return PlaneOutcome.Done;
    }

    /// <summary>Waits no longer for others; done when nothing is on its way.</summary>
    public void Stop()
    {
        _isStopped = true;
        _peers.Abandon();
        Task.WaitAll([.. _climbs]);
        _climbs.Clear();
        _peers.Clear();
        _isStopped = false;
    }

    private void Run(Climb climb, RunKey run)
    {
        if (climb.Run() is not (PlaneOutcome.Done or PlaneOutcome.Over or PlaneOutcome.UnknownTensor or PlaneOutcome.NotLeased)) lost(run);
    }

    private PlaneOutcome Direct(ClusterMessage.Assign assign, WorkerPlane server, IReadOnlyList<(int First, ShardGradient Block)> blocks)
    {
        var outcome = PlaneOutcome.Done;
        foreach (var (first, block) in blocks)
        {
            if (outcome == PlaneOutcome.Done) outcome = Put(assign, server, first, block);
            _context.Buffers.Return(block);
        }

        return outcome;
    }

    private PlaneOutcome Put(ClusterMessage.Assign assign, WorkerPlane server, int first, ShardGradient block) => server.Put(
        TensorName.Gradient(assign.Run.Run, assign.Run.Incarnation, assign.Step, first, block.Shards),
        block.Memory, _settings.Name, new GradientFigures(block.Loss, block.Correct));

    private ShardGradient Add(ShardGradient left, ShardGradient right)
    {
        lock (_sums) return _sums.Add(left, right);
    }

    private static bool IsFinite(ShardGradient block) => double.IsFinite(block.Loss) && Finite.All(block.Values);

    /// <summary>The way of one block.</summary>
    private sealed class Climb(
        GradientPort port, ClusterMessage.Assign assign, long received, WorkerPlane server, HeldAddends addends, string adder, int first, ShardGradient own)
    {
        private readonly int _shards = port._context.Plan.Shards;
        private readonly WorkBuffers _buffers = port._context.Buffers;
        private readonly List<HeldAddends.Addend> _taken = [];

        // Before the server has it, somebody else's part may spoil the sum: then this goes alone.
        private ShardGradient? _sum;

        public PlaneOutcome Run()
        {
            var outcome = PlaneOutcome.Unreachable;
            try
            {
                var isWhole = Collect();
                outcome = Send(isWhole);
                return outcome;
            }
            finally
            {
                foreach (var addend in _taken) addend.Settle(outcome == PlaneOutcome.Unreachable ? PlaneOutcome.UnknownTensor : outcome);
                if (_sum is not null) _buffers.Return(_sum);
                _buffers.Return(own);
            }
        }

        // Up to where another adds, or to the largest sum there is. False when something is missing.
        private bool Collect()
        {
            var end = first == 0 ? assign.Most : Math.Min(first & -first, assign.Most);
            var isWhole = IsFinite(own);
            var size = 1;
            while (size < own.Shards) size *= 2;
            for (; isWhole && size < end; size *= 2)
            {
                var next = first + size;
                if (next >= _shards) continue;
                isWhole = addends.Take(assign.Step, next, Math.Min(size, _shards - next), IsLate) is { } addend && Add(addend);
            }

            // Whoever comes now is told at once.
            addends.Pass(assign.Step, first, first + end);
            return isWhole;
        }

        private bool Add(HeldAddends.Addend addend)
        {
            _taken.Add(addend);
            if (_sum is null)
            {
                _sum = _buffers.RentGradient();
                _sum.Set(own);
            }

            _sum = port.Add(_sum, addend.Block);
            if (IsFinite(_sum)) return true;
            Forget(PlaneOutcome.UnknownTensor);
            return false;
        }

        private PlaneOutcome Send(bool isWhole)
        {
            // What is executed a second time comes apart as well: a sum tells nothing of its parts.
            if (AuditDraw.IsDue(port._context.Spec, new WorkId(assign.Run.Incarnation, WorkKind.Gradient, assign.Step, first)))
            {
                var apart = port.Put(assign, server, first, own);
                if (apart != PlaneOutcome.Done) return apart;
                if (_sum is null) return isWhole && adder != SumPlan.ToServer && Hand(own) ? PlaneOutcome.Done : apart;
            }

            if (isWhole && adder != SumPlan.ToServer && Hand(_sum ?? own)) return PlaneOutcome.Done;
            if (_sum is null) return port.Put(assign, server, first, own);
            var outcome = port.Put(assign, server, first, _sum);
            if (outcome != PlaneOutcome.NotLeased) return outcome;

            // Somebody whose part it has was taken its work from meanwhile.
            Forget(outcome);
            return port.Put(assign, server, first, own);
        }

        private bool Hand(ShardGradient sum)
        {
            var outcome = TryHand(sum);
            if (outcome == PlaneOutcome.Damaged) outcome = TryHand(sum);
            if (outcome == PlaneOutcome.Unreachable && !port._isStopped && !server.IsAbandoned) port._unheard = adder;
            return outcome == PlaneOutcome.Done;
        }

        private PlaneOutcome TryHand(ShardGradient sum)
        {
            var patience = TimeSpan.FromMilliseconds(assign.Wait * Longer) + Answer - port._settings.Time.GetElapsedTime(received);
            return port._peers.At(adder)?.TryPut(
                TensorName.Addend(assign.Run.Run, assign.Run.Incarnation, assign.Step, first, sum.Shards),
                sum.Memory, port._settings.Name, new GradientFigures(sum.Loss, sum.Correct), patience) ?? PlaneOutcome.Unreachable;
        }

        private void Forget(PlaneOutcome why)
        {
            foreach (var addend in _taken) addend.Settle(why);
            _taken.Clear();
            _buffers.Return(_sum!);
            _sum = null;
        }

        private bool IsLate() => port._isStopped || server.IsAbandoned || port._settings.Time.GetElapsedTime(received) > TimeSpan.FromMilliseconds(assign.Wait);
    }
}

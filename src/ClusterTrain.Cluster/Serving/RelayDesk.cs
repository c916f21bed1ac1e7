using ClusterTrain.Cluster.Plane;
using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Cluster.Serving;

/// <summary>
/// Tells each worker that is given work where to get the parameters and whom to bring its gradients to: the plans of the versions that are
/// on their way, and of the step.
/// </summary>
internal sealed class RelayDesk(RelayPolicy policy, RunContext context, string plane)
{
    // Whoever did not give what it was asked for is no relay for so many versions.
    private const int Pause = 64;

    // Who did not answer as an adder is tried again soon: on a busy machine anyone may be late.
    private const int FirstPause = 4;

    // Two steps and a measurement at once.
    private const int MostPlans = 4;

    private readonly long _whole = sizeof(float) * (long)context.Plan.Network.ParameterCount;
    private readonly ParameterSlice _slice = new(context.Plan);
    private readonly bool _isLocal = new Uri(plane).IsLoopback;
    private readonly List<(RelayPlan? Plan, long Version, string Hash)> _plans = [];
    private readonly Dictionary<string, long> _failed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (long Since, long Pause)> _unheard = new(StringComparer.Ordinal);
    private SumPlan? _sums;
    private long _summed = -1;
    private long _newest;

    // The last step in which a worker was given gradients that has no plane. While there is one, or one that did not answer, others would
    // wait for sums that nobody makes.
    private long _unreached = -Pause;

    /// <summary>The message that gives a worker this work.</summary>
    /// <param name="run">The run.</param>
    /// <param name="assign">The work.</param>
    /// <param name="worker">Who gets it.</param>
    /// <param name="ready">Workers that there are.</param>
    /// <param name="lease">How long after it is given out it is given to another as well.</param>
    public ClusterMessage.Assign Route(RunKey run, ServerEffect.Assign assign, ClusterMessage.Join worker, int ready, TimeSpan lease)
    {
        var message = ClusterMessage.Assign.Of(run, assign.Range);
        if (policy.Use == RelayUse.Never || ready <= policy.FanOut) return message;
        var part = PartOf(assign.Range);
        var (plan, _, hash) = Find(assign, Math.Min(ready, context.Plan.Shards), part);
        if (plan is null) return message;
        var (address, patience) = (IsOut(worker.Address) ? "" : worker.Address, policy.Patience(plan.Workers, _whole, _isLocal));
        if (SumsOf(assign.Range) is { } sums && sums.Give(assign.Range.First.Index, assign.Range.Count, worker.Worker, worker.Address) is { } adders)
        {
            if (worker.Address.Length == 0) _unreached = sums.Step;
            message = message with { Adders = string.Join(' ', adders), Most = sums.Most, Wait = Milliseconds(lease + patience) };
        }

        var route = plan.Next(address, worker.Zone, part);
        return route == RelayRoute.Direct ? message
            : message with { From = route.From, Hash = hash, IsRelay = route.IsRelay, Patience = Milliseconds(patience) };
    }

    /// <summary>Whose gradients are in a sum that a worker brings: empty when nobody was told to bring theirs to it.</summary>
    public IReadOnlyList<WorkPart> PartsOf(long step, int first, int count, string worker) =>
        _sums?.Step == step ? _sums.PartsOf(first, count, worker) : [];

    /// <summary>A worker did not get from another what it was told to.</summary>
    public void Fail(string address)
    {
        if (_failed.Count < WorkerName.MostWorkers || _failed.ContainsKey(address)) _failed[address] = _newest;
        foreach (var (plan, _, _) in _plans) plan?.Drop(address);
    }

    /// <summary>
    /// A worker did not answer when another brought it gradients to add to: nothing is added for some steps, for twice as many each time that
    /// it happens again soon.
    /// </summary>
    public void FailAdder(string address)
    {
        var isKnown = _unheard.TryGetValue(address, out var before);
        if (isKnown ? _newest < before.Since + before.Pause : _unheard.Count >= WorkerName.MostWorkers) return;
        var isSoon = isKnown && _newest < before.Since + before.Pause + Pause;
        _unheard[address] = (_newest, isSoon ? Math.Min(Pause, 2 * before.Pause) : FirstPause);
    }

    /// <summary>A worker is here anew, perhaps as another process; or it is gone.</summary>
    public void Forgive(string address)
    {
        _failed.Remove(address);
        _unheard.Remove(address);
    }

    private bool IsOut(string address) => _failed.TryGetValue(address, out var since) && _newest < since + Pause;

    // Where rows are attacked ahead, shards are given out as their rows come: who has the one before may not be known yet.
    private SumPlan? SumsOf(WorkRange range)
    {
        if (range.Kind != WorkKind.Gradient || context.Plan.IsPipelined) return null;
        if (_summed == range.Step) return _sums;
        _summed = range.Step;
        var isUsed = range.Step >= _unreached + Pause && _unheard.Values.All(one => range.Step >= one.Since + one.Pause);
        return _sums = isUsed ? new SumPlan(range.Step, context.Plan.Shards, policy.FanOut) : null;
    }

    private static int Milliseconds(TimeSpan time) => (int)Math.Min(int.MaxValue, time.TotalMilliseconds);

    private (RelayPlan? Plan, long Version, string Hash) Find(ServerEffect.Assign assign, int workers, long part)
    {
        var version = assign.Range.Version;
        _newest = Math.Max(_newest, ParameterSnapshot.StepsOf(version));
        var at = _plans.FindIndex(each => each.Version == version);
        if (at >= 0) return _plans[at];
        if (_plans.Count == MostPlans) _plans.RemoveAt(0);
        var pays = policy.Pays(workers, part, _whole, _isLocal);
        _plans.Add((
            pays ? new RelayPlan(policy, version, _whole, workers) : null, version, pays ? TensorHash.Of(assign.Parameters.Parameters.Span) : ""));
        return _plans[^1];
    }

    private long PartOf(WorkRange range)
    {
        if (range.Kind is not (WorkKind.Gradient or WorkKind.Attack)) return _whole;
        var part = _slice.Mask(range.Step, range.First.Index, range.Count).ParameterCount;
        return part < ParameterSlice.WorthSlicing * context.Plan.Network.ParameterCount ? sizeof(float) * (long)part : _whole;
    }
}

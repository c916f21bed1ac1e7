using ClusterTrain.Cluster.Plane;
using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Cluster.Serving;

/// <summary>Tells each worker that is given work where to get the parameters: the plans of the versions that are on their way.</summary>
internal sealed class RelayDesk(RelayPolicy policy, RunContext context, string plane)
{
    // Whoever did not give what it was asked for is no relay for so many versions.
    private const int Pause = 64;

    // Two steps and a measurement at once.
    private const int MostPlans = 4;

    private readonly long _whole = sizeof(float) * (long)context.Plan.Network.ParameterCount;
    private readonly ParameterSlice _slice = new(context.Plan);
    private readonly bool _isLocal = new Uri(plane).IsLoopback;
    private readonly List<(RelayPlan? Plan, long Version, string Hash)> _plans = [];
    private readonly Dictionary<string, long> _failed = new(StringComparer.Ordinal);
    private long _newest;

    /// <summary>The message that gives a worker this work.</summary>
    /// <param name="run">The run.</param>
    /// <param name="assign">The work.</param>
    /// <param name="worker">Who gets it.</param>
    /// <param name="ready">Workers that there are.</param>
    public ClusterMessage.Assign Route(RunKey run, ServerEffect.Assign assign, ClusterMessage.Join worker, int ready)
    {
        var message = ClusterMessage.Assign.Of(run, assign.Range);
        if (policy.Use == RelayUse.Never || ready <= policy.FanOut) return message;
        var part = PartOf(assign.Range);
        var (plan, _, hash) = Find(assign, Math.Min(ready, context.Plan.Shards), part);
        if (plan is null) return message;
        var route = plan.Next(IsOut(worker.Address) ? "" : worker.Address, worker.Zone, part);
        if (route == RelayRoute.Direct) return message;
        return message with
        {
            From = route.From, Hash = hash, IsRelay = route.IsRelay,
            Patience = (int)policy.Patience(plan.Workers, _whole, _isLocal).TotalMilliseconds,
        };
    }

    /// <summary>A worker did not get from another what it was told to.</summary>
    public void Fail(string address)
    {
        if (_failed.Count < WorkerName.MostWorkers || _failed.ContainsKey(address)) _failed[address] = _newest;
        foreach (var (plan, _, _) in _plans) plan?.Drop(address);
    }

    /// <summary>A worker is here anew, perhaps as another process.</summary>
    public void Forgive(string address) => _failed.Remove(address);

    private bool IsOut(string address) => _failed.TryGetValue(address, out var since) && _newest < since + Pause;

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

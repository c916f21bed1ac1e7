using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Reduction;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Tests.Server;

/// <summary>
/// Workers of given speeds in virtual time, as a cluster has them: each takes its share of a step at once, and brings it in
/// blocks. How long a run takes, and its state.
/// </summary>
internal sealed class TimedWorkers
{
    private const double Tick = 0.05;
    private static readonly LeasePolicy Leases = new() { Shortest = TimeSpan.FromSeconds(0.1), Patience = 1.5 };
    private readonly PriorityQueue<Action, (double At, int Order)> _events = new();
    private readonly RunContext _context;
    private readonly ParameterServer _server;
    private readonly BlockSum _sum;
    private readonly double[] _secondsPerItem;
    private double _now;
    private int _order;

    private TimedWorkers(RunContext context, double[] secondsPerItem)
    {
        (_context, _secondsPerItem) = (context, secondsPerItem);
        _server = new ParameterServer(context, RunState.Initial(context.Plan), Leases);
        _sum = new BlockSum(context.Plan.Network, context.Plan.Shards, context.Buffers);
    }

    /// <summary>Carries the run out. Its length in seconds, and the bits of its state.</summary>
    public static (double Seconds, string Bits) Run(RunContext context, params double[] secondsPerItem)
    {
        var run = new TimedWorkers(context, secondsPerItem);
        for (var worker = 0; worker < secondsPerItem.Length; worker++) run.Ask(worker);
        run.After(Tick, run.PassTime);
        while (!run._server.IsFinished)
        {
            Assert.True(run._events.TryDequeue(out var next, out var when));
            run._now = when.At;
            next();
        }

        return (run._now, StateBits.Of(run._server.Model));
    }

    private void Ask(int worker) => Send(new ServerMessage.WorkerAsks(new WorkerId($"worker-{worker}")) { Room = int.MaxValue });

    private void PassTime()
    {
        Send(new ServerMessage.TimePasses());
        After(Tick, PassTime);
    }

    private void Send(ServerMessage message)
    {
        var effects = new List<ServerEffect>();
        _server.Handle(message, TimeSpan.FromSeconds(_now), effects);
        foreach (var share in effects.OfType<ServerEffect.Assign>()) Begin(share);
    }

    private void Begin(ServerEffect.Assign share)
    {
        var worker = int.Parse(share.Worker.Name["worker-".Length..], System.Globalization.CultureInfo.InvariantCulture);
        var executor = new WorkExecutor(_context);
        var results = Enumerable.Range(0, share.Range.Count)
            .Select(offset => executor.Execute(share.Range, offset, share.Parameters, share.Batches)).ToList();
        After(share.Range.Count * _secondsPerItem[worker], () =>
        {
            foreach (var result in Folded(results)) Send(new ServerMessage.ResultArrives(share.Worker, result));
            Ask(worker);
        });
    }

    private IEnumerable<WorkResult> Folded(List<WorkResult> results) => results[0] is WorkResult.Gradient first
        ? _sum.Fold(first.Id.Index, [.. results.Cast<WorkResult.Gradient>().Select(result => result.Shard)])
            .Select(block => new WorkResult.Gradient(first.Id with { Index = block.First }, block.Block))
        : results;

    private void After(double seconds, Action action) => _events.Enqueue(action, (_now + seconds, _order++));
}

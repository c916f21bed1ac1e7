using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Training.Tests.Engines.Simulation;

/// <summary>
/// An engine without threads: virtual time, a random scheduler and real executors, so that any disorder a cluster can
/// produce is a seed. Answers are late, lost, doubled, made twice or of another incarnation; workers crash, leave and
/// join; the server dies and is restored. The server's memory is checked after every message.
/// </summary>
public sealed class SimulatedEngine
{
    private const int Lease = 100;
    private const int MostEvents = 20_000;
    private static readonly LeasePolicy Leases = new() { Shortest = TimeSpan.FromMilliseconds(Lease), Patience = 2, First = TimeSpan.FromMilliseconds(Lease) };

    private readonly RunContext _context;
    private readonly Faults _faults;
    private readonly Random _random;
    private readonly VirtualTime _time;
    private readonly ResultLedger _results;
    private readonly Dictionary<WorkerId, SimulatedWorker> _workers = [];
    private readonly SimulatedRun _run = new();
    private ParameterServer _server = null!;
    private RunState _durable = null!;
    private Func<ServerEffect, ParameterServer, bool> _stopAt = (_, _) => false;
    private int _life;
    private int _deathsLeft;

    public SimulatedEngine(RunContext context, Faults faults)
    {
        (_context, _faults, _deathsLeft) = (context, faults, faults.ServerDeaths);
        _random = new Random(faults.Seed);
        _time = new VirtualTime(_random);
        _results = new ResultLedger(context);
    }

    /// <summary>Carries a copy of <paramref name="start"/> on to its end, and lets every late answer arrive.</summary>
    /// <param name="start">Where the run stands.</param>
    /// <param name="stopAt">The user stops the run right after the first effect for which this is true.</param>
    public SimulatedRun Run(RunState start, Func<ServerEffect, ParameterServer, bool>? stopAt = null)
    {
        _stopAt = stopAt ?? _stopAt;
        _durable = StateBits.Copy(start);
        Restore();
        for (var i = 0; i < _faults.Workers; i++) Join();
        Tick();
        for (var events = 0; _time.Next(); events++)
            Assert.True(events < MostEvents, $"The run is stuck at version {_server.Model.Version}.");

        Assert.True(_server.IsFinished, "Nothing is left to happen, and the run is not over.");
        Assert.Equal(0, _results.HeldByServer);
        _run.MostHeld = _results.MostHeldByServer;
        _run.State = new RunState(_server.Model, _server.Best, _server.Stopping);
        return _run;
    }

    /// <summary>Gradients that the worker of this number computed.</summary>
    public int GradientsOf(int number) => _workers[new WorkerId($"worker-{number}")].Gradients;

    private void Restore() => _server = new ParameterServer(_context, StateBits.Copy(_durable), Leases, _life);

    private void Tick()
    {
        if (_server.IsFinished) return;
        if (_deathsLeft > 0 && Chance(10)) ReplaceServer();
        Send(new ServerMessage.TimePasses());
        _time.After(Lease / 4, Tick);
    }

    private void ReplaceServer()
    {
        _deathsLeft--;
        _life++;
        _results.Buried();
        Restore();
        foreach (var worker in _workers.Values.Where(worker => worker.IsHere)) Ask(worker);
    }

    private void Join()
    {
        var number = _workers.Count + 1;
        var worker = new SimulatedWorker(number, _context, _faults);
        _workers.Add(worker.Id, worker);
        Ask(worker);
    }

    private void Ask(SimulatedWorker worker) => _time.Within(5, () =>
    {
        if (worker.IsHere && !_server.IsFinished) Send(new ServerMessage.WorkerAsks(worker.Id));
    });

    private void Send(ServerMessage message)
    {
        var effects = new List<ServerEffect>();
        _server.Handle(message, _time.Now, effects);
        var isStopped = false;
        foreach (var effect in effects)
        {
            _run.Note(_life, effect);
            if (effect is ServerEffect.CheckpointDue)
                _durable = StateBits.Copy(new RunState(_server.Model, _server.Best, _server.Stopping));
            if (effect is ServerEffect.Assign work) Begin(work);
            isStopped |= _stopAt(effect, _server);
        }

        _results.Check();
        if (isStopped && !_server.IsFinished) Send(new ServerMessage.StopRequested());
    }

    private void Begin(ServerEffect.Assign work)
    {
        var worker = _workers[work.Worker];
        if (!worker.IsHere) return;
        var duration = 1 + _random.Next(Chance(_faults.Slow) ? 20 * Lease : 20);
        if (Chance(_faults.Lost))
        {
            _results.Made(worker.Execute(work));
            Replace(worker, isAnnounced: false);
            return;
        }

        if (Chance(_faults.Leaving))
        {
            Replace(worker, isAnnounced: true);
            if (Chance(50)) return;
        }

        // Read at the start or at the end: parameters of a step that is over may have been overwritten by then.
        var early = Chance(50) ? _results.Made(worker.Execute(work)) : null;
        _time.After(duration, () =>
        {
            var result = early ?? _results.Made(worker.Execute(work));
            if (Chance(_faults.Repeated)) Deliver(worker, _results.Copy(result));
            if (Chance(_faults.Redone)) Deliver(worker, _results.Made(worker.Execute(work)));
            if (Chance(_faults.Stray)) Deliver(worker, Stray(_results.Copy(result)));
            Deliver(worker, result);
            Ask(worker);
        });
    }

    private void Replace(SimulatedWorker worker, bool isAnnounced)
    {
        worker.IsHere = false;
        if (isAnnounced) _time.Within(20, () => Send(new ServerMessage.WorkerLeaves(worker.Id)));
        _time.Within(50, Join);
    }

    private void Deliver(SimulatedWorker worker, WorkResult result) => _time.Within(Chance(10) ? Lease : 5, () =>
    {
        _run.NoteArrival(result, _life, _server);
        Send(new ServerMessage.ResultArrives(worker.Id, _results.HandedOver(result)));
    });

    // An answer with wrong bits to a life that was or will be.
    private WorkResult Stray(WorkResult result)
    {
        var id = result.Id with { Incarnation = result.Id.Incarnation + (Chance(50) ? -1 : 100) };
        switch (result)
        {
            case WorkResult.Gradient gradient:
                gradient.Shard.Values.Fill(1e3f);
                return gradient with { Id = id };
            case WorkResult.Attacked attacked:
                attacked.Batch.Values.Fill(0.5f);
                return attacked with { Id = id };
            default:
                return new WorkResult.Evaluated(id, new EvaluationSums(1, 1, 0, 1, 1));
        }
    }

    private bool Chance(int percent) => _random.Next(100) < percent;
}

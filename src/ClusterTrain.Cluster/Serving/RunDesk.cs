using System.Collections.Frozen;
using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Cluster.Serving;

/// <summary>
/// The server's side of the protocol, without I/O: which workers there are and whether they fit the run, what they said
/// as messages for the parameter server, what that decided as messages for them. Every engine beyond this process is a
/// thin shell around it.
/// </summary>
/// <remarks>Not thread-safe, as the <see cref="ParameterServer"/> inside is not.</remarks>
public sealed class RunDesk
{
    // A day: whatever a worker says of itself.
    private const long MostTook = 86_400_000_000;

    private readonly RunKey _run;
    private readonly string _plane;
    private readonly FitnessCheck _fitness;
    private readonly ParameterServer _server;
    private readonly Dictionary<string, KnownWorker> _workers = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _sittingOut = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _convicted;
    private readonly List<ServerEffect> _decided = [];
    private readonly ReadyRoles _ready = new();
    private readonly RelayDesk _relays;

    /// <param name="run">The run and which life of its server this is.</param>
    /// <param name="plane">Where workers find its tensors.</param>
    /// <param name="context">The run.</param>
    /// <param name="server">Its parameter server, of the same incarnation.</param>
    /// <param name="relays">Whether workers pass parameters on; where it pays when null.</param>
    /// <param name="shutOut">Workers that computed wrongly before, by name, each with what it did; none when null.</param>
    public RunDesk(
        RunKey run, string plane, RunContext context, ParameterServer server, RelayPolicy? relays = null, IReadOnlyDictionary<string, string>? shutOut = null)
    {
        _convicted = new Dictionary<string, string>(shutOut ?? FrozenDictionary<string, string>.Empty, StringComparer.Ordinal);
        _relays = new RelayDesk(relays ?? new RelayPolicy(), context, plane);
        (_run, _plane, _server) = (run, plane, server);
        _fitness = FitnessCheck.Of(context);
    }

    /// <summary>Workers that are fit for the run and here.</summary>
    public int ReadyWorkers => _ready.Count;

    /// <summary>Workers that are here and cannot work for the run, by name, and why.</summary>
    public IReadOnlyDictionary<string, string> SittingOut => _sittingOut;

    /// <summary>How they introduced themselves, by name.</summary>
    public IReadOnlyList<ClusterMessage.Join> Workers =>
        [.. _workers.Values.Where(worker => worker.IsReady).Select(worker => worker.Join).OrderBy(worker => worker.Worker, StringComparer.Ordinal)];

    public void Handle(DeskInput input, TimeSpan now, List<DeskEffect> effects)
    {
        switch (input)
        {
            case DeskInput.Received received:
                Receive(received.Message, now, effects);
                break;
            case DeskInput.Arrived arrived:
                Feed(new ServerMessage.ResultArrives(new WorkerId(arrived.Worker), arrived.Result) { Parts = arrived.Parts }, now, effects);
                break;
            case DeskInput.Lost lost:
                Remove(lost.Worker, saidGoodbye: false, now, effects);
                break;
            case DeskInput.StopRequested:
                Feed(new ServerMessage.StopRequested(), now, effects);
                break;
            default:
                Feed(new ServerMessage.TimePasses(), now, effects);
                break;
        }
    }

    /// <summary>Whose gradients are in a sum that a worker brings: empty when nobody was told to bring theirs to it.</summary>
    public IReadOnlyList<WorkPart> PartsOf(long step, int first, int count, string worker) => _relays.PartsOf(step, first, count, worker);

    private void Receive(IClusterMessage message, TimeSpan now, List<DeskEffect> effects)
    {
        if (message is IWorkerMessage said && WorkerName.Problem(said.Worker) is not null) return;
        switch (message)
        {
            case ClusterMessage.Join join:
                Welcome(join, effects);
                break;
            case ClusterMessage.Ready ready when Knows(ready.Worker, ready.Run, effects) is { } worker:
                Judge(worker, ready, now, effects);
                break;
            case ClusterMessage.Unfit unfit when Knows(unfit.Worker, unfit.Run, effects) is not null:
                SitOut(unfit.Worker, unfit.Why, now, effects);
                break;
            case ClusterMessage.Ask ask when ask.Run == _run && _sittingOut.TryGetValue(ask.Worker, out var why):
                effects.Add(new DeskEffect.Send(ask.Worker, new ClusterMessage.SitOut(_run, why)));
                break;
            case ClusterMessage.Ask ask when Knows(ask.Worker, ask.Run, effects) is { IsReady: true } worker:
                worker.IsIdle = true;
                if (ask.Failed.Length > 0) _relays.Fail(ask.Failed);
                if (ask.Unheard.Length > 0) _relays.FailAdder(ask.Unheard);
                Ask(worker, now, effects, ask.Keeps, ask.Took);
                break;
            case ClusterMessage.Measured measured when measured.Run == _run:
                var id = new WorkId(_run.Incarnation, measured.Kind, measured.Version, measured.Chunk);
                if (!_server.IsLeased(id, 1, new WorkerId(measured.Worker))) break;
                Feed(new ServerMessage.ResultArrives(new WorkerId(measured.Worker), new WorkResult.Evaluated(id, measured.Sums)), now, effects);
                break;
            case ClusterMessage.Leave leave:
                Remove(leave.Worker, saidGoodbye: true, now, effects);
                break;
        }
    }

    private void Welcome(ClusterMessage.Join join, List<DeskEffect> effects)
    {
        if (join.Protocol != ClusterMessage.Version)
        {
            Refuse(join.Worker, $"it speaks version {join.Protocol} of the protocol, this server speaks version {ClusterMessage.Version}", effects);
            return;
        }

        if (_workers.TryGetValue(join.Worker, out var known)) Introduce(known, join);
        else if (_workers.Count >= WorkerName.MostWorkers)
        {
            Refuse(join.Worker, $"this server has {WorkerName.MostWorkers} workers already, and takes no more", effects);
            return;
        }
        else _workers.Add(join.Worker, new KnownWorker(join));
        _relays.Forgive(join.Address);
        effects.Add(new DeskEffect.Send(join.Worker, new ClusterMessage.Begin(_run, _plane, _fitness.Math)));
    }

    private void Introduce(KnownWorker known, ClusterMessage.Join join)
    {
        if (known.IsReady) _ready.Remove(known.Join.Roles);
        known.Join = join;
        if (known.IsReady) _ready.Add(join.Roles);
    }

    private void Judge(KnownWorker worker, ClusterMessage.Ready ready, TimeSpan now, List<DeskEffect> effects)
    {
        if (_convicted.GetValueOrDefault(worker.Name) is { } wrong)
        {
            SitOut(worker.Name, wrong, now, effects);
            return;
        }

        if (_fitness.Problem(ready) is { } problem)
        {
            SitOut(worker.Name, problem, now, effects);
            return;
        }

        _sittingOut.Remove(worker.Name);
        if (worker.IsReady) return;
        effects.Add(new DeskEffect.WorkerJoined(worker.Name));
        worker.IsReady = true;
        if (_ready.Add(worker.Join.Roles)) RenewKinds(now, effects);
    }

    // A worker of another life of this server learns of the present one; a stranger is told to introduce itself.
    private KnownWorker? Knows(string worker, RunKey run, List<DeskEffect> effects)
    {
        if (run == _run && _workers.TryGetValue(worker, out var known)) return known;
        effects.Add(new DeskEffect.Send(worker, new ClusterMessage.Over(run)));
        return null;
    }

    private void Ask(KnownWorker worker, TimeSpan now, List<DeskEffect> effects, bool keeps = true, long took = 0)
    {
        worker.Kinds = KindsOf(worker);
        var known = TimeSpan.FromMicroseconds(Math.Clamp(took, 0, MostTook));
        Feed(new ServerMessage.WorkerAsks(worker.Id) { Room = int.MaxValue, Kinds = worker.Kinds, Keeps = keeps, Took = known }, now, effects);
    }

    private void SitOut(string worker, string why, TimeSpan now, List<DeskEffect> effects)
    {
        effects.Add(new DeskEffect.WorkerSitsOut(worker, why, _convicted.ContainsKey(worker)));
        effects.Add(new DeskEffect.Send(worker, new ClusterMessage.SitOut(_run, why)));
        Remove(worker, saidGoodbye: true, now, effects);
        if (_sittingOut.Count < WorkerName.MostWorkers) _sittingOut[worker] = why;
    }

    private static void Refuse(string worker, string why, List<DeskEffect> effects)
    {
        effects.Add(new DeskEffect.WorkerRefused(worker, why));
        effects.Add(new DeskEffect.Send(worker, new ClusterMessage.Refuse(why)));
    }

    private void Remove(string name, bool saidGoodbye, TimeSpan now, List<DeskEffect> effects)
    {
        _sittingOut.Remove(name);
        if (!_workers.Remove(name, out var worker)) return;
        _relays.Forgive(worker.Join.Address);
        var isChange = worker.IsReady && _ready.Remove(worker.Join.Roles);
        if (worker.IsReady) effects.Add(new DeskEffect.WorkerLeft(name, saidGoodbye));
        Feed(new ServerMessage.WorkerLeaves(worker.Id), now, effects);
        if (isChange) RenewKinds(now, effects);
    }

    // The first of a role that came, or the last that went, changes what the idle ones should take.
    private void RenewKinds(TimeSpan now, List<DeskEffect> effects)
    {
        foreach (var worker in _workers.Values.Where(worker => worker.IsIdle && worker.Kinds != KindsOf(worker)).ToList())
            Ask(worker, now, effects);
    }

    private WorkKinds KindsOf(KnownWorker worker)
    {
        var kinds = WorkKinds.None;
        if (worker.Join.Roles.HasFlag(WorkerRoles.Trainer) || !_ready.Has(WorkerRoles.Trainer))
            kinds |= WorkKinds.Gradient | WorkKinds.Validate | WorkKinds.Conclude;
        if (worker.Join.Roles.HasFlag(WorkerRoles.Adversary) || !_ready.Has(WorkerRoles.Adversary)) kinds |= WorkKinds.Attack;
        return kinds;
    }

    private void Feed(ServerMessage message, TimeSpan now, List<DeskEffect> effects)
    {
        _decided.Clear();
        _server.Handle(message, now, _decided);
        foreach (var decision in _decided)
        {
            if (decision is ServerEffect.Assign assign) Give(assign, effects);
            else effects.Add(new DeskEffect.Decided(decision));
        }

        if (!_server.IsFinished)
        {
            foreach (var convicted in _decided.OfType<ServerEffect.Convicted>().ToList())
            {
                _convicted[convicted.Worker.Name] = $"it computed the {convicted.Id} wrongly: its hardware is faulty";
                SitOut(convicted.Worker.Name, _convicted[convicted.Worker.Name], now, effects);
            }

            return;
        }

        foreach (var worker in _workers.Values) effects.Add(new DeskEffect.Send(worker.Name, new ClusterMessage.Over(_run)));
        _workers.Clear();
        _ready.Clear();
    }

    private void Give(ServerEffect.Assign assign, List<DeskEffect> effects)
    {
        var worker = assign.Worker.Name;
        if (!_workers.TryGetValue(worker, out var known))
        {
            effects.Add(new DeskEffect.Send(worker, ClusterMessage.Assign.Of(_run, assign.Range)));
            return;
        }

        known.IsIdle = false;
        effects.Add(new DeskEffect.Send(worker, _relays.Route(_run, assign, known.Join, _ready.Count, _server.Lease(assign.Range))));
    }
}

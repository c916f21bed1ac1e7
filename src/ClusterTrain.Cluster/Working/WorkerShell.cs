using System.Collections.Concurrent;
using ClusterTrain.Cluster.Plane;
using ClusterTrain.Cluster.Protocol;

namespace ClusterTrain.Cluster.Working;

/// <summary>
/// Runs one worker: feeds its <see cref="WorkerMachine"/> and carries out what that wants, with the work on a thread of
/// its own so that messages and signals are heard meanwhile.
/// </summary>
public sealed class WorkerShell : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);
    private readonly BlockingCollection<WorkerInput> _inbox = new(new ConcurrentQueue<WorkerInput>());
    private readonly BlockingCollection<Action> _tasks = new(new ConcurrentQueue<Action>());
    private readonly WorkerSettings _settings;
    private readonly IServerLink _link;
    private readonly WorkerMachine _machine;
    private readonly Lock _gate = new();
    private volatile bool _handBack;
    private PreparedRun? _run;
    private RangeRunner? _runner;
    private WorkerPlane? _plane;
    private string? _address;
    private RunKey? _wanted;
    private RunKey? _began;

    public WorkerShell(WorkerSettings settings, IServerLink link)
    {
        (_settings, _link) = (settings, link);
        _machine = new WorkerMachine(new ClusterMessage.Join(
            settings.Name, settings.Roles, settings.Threads, ClusterMessage.Version, Environment.ProcessId, settings.Relay is null ? "" : settings.Address, settings.Zone), settings.IsOfOneRun);
        link.Received = message => _inbox.Add(new WorkerInput.Received(message));
    }

    /// <summary>Works until stopped or refused. The refusal's reason, or null.</summary>
    /// <exception cref="AggregateException">The work itself failed.</exception>
    public string? Run(CancellationToken stop)
    {
        Exception? failure = null;
        var worker = new Thread(() => failure = Work()) { Name = _settings.Name, IsBackground = true };
        worker.Start();
        using var registration = stop.Register(() => _inbox.Add(new WorkerInput.StopRequested()));
        var started = _settings.Time.GetTimestamp();
        List<WorkerEffect> effects = [];
        string? refusal = null;

        // The first input is that time passes: a worker says who it is before it waits for anything.
        WorkerInput? input = new WorkerInput.TimePasses();
        while (!_machine.HasEnded && failure is null)
        {
            effects.Clear();
            _machine.Handle(input ?? new WorkerInput.TimePasses(), _settings.Time.GetElapsedTime(started), effects);
            foreach (var effect in effects) refusal = CarryOut(effect) ?? refusal;
            if (!_machine.HasEnded) _inbox.TryTake(out input, Tick);
        }

        _tasks.CompleteAdding();
        worker.Join();
        return failure is null ? refusal : throw new AggregateException($"{_settings.Name} failed.", failure);
    }

    public void Dispose()
    {
        _link.Received = null;
        _runner?.Dispose();
        _plane?.Dispose();
        _inbox.Dispose();
        _tasks.Dispose();
    }

    private string? CarryOut(WorkerEffect effect)
    {
        switch (effect)
        {
            case WorkerEffect.Send send:
                _link.Send(send.Message);
                return null;
            case WorkerEffect.Prepare prepare:
                lock (_gate)
                {
                    _wanted = prepare.Run;
                    if (_address != prepare.Plane) _plane?.Abandon();
                }

                _tasks.Add(() => Prepare(prepare));
                return null;
            case WorkerEffect.Abandon:
                lock (_gate) _plane?.Abandon();
                return null;
            case WorkerEffect.Work work:
                _tasks.Add(() => Execute(work.Assign));
                return null;
            case WorkerEffect.SitOut sitOut:
                _settings.SatOut(sitOut.Run, sitOut.Why);
                return null;
            case WorkerEffect.HandBack:
                _handBack = true;
                return null;
            case WorkerEffect.End end:
                _handBack = true;
                return end.Refusal;
            default:
                return null;
        }
    }

    private Exception? Work()
    {
        try
        {
            foreach (var task in _tasks.GetConsumingEnumerable()) task();
            return null;
        }
        catch (Exception failure)
        {
            return failure;
        }
    }

    private void Prepare(WorkerEffect.Prepare prepare)
    {
        lock (_gate)
        {
            if (_wanted != prepare.Run) return;
            if (_address != prepare.Plane || _plane!.IsAbandoned)
            {
                _runner?.Stop();
                _plane?.Dispose();
                (_plane, _address) = (_settings.Connect(prepare.Plane), prepare.Plane);
            }
        }

        if (_plane!.GetSpec(prepare.Run.Run) is not { } spec)
        {
            _inbox.Add(new WorkerInput.LostRun(prepare.Run));
            return;
        }

        if (_run?.SpecText != spec)
        {
            var (context, why) = _settings.Load(spec, prepare.Math);
            if (context is null)
            {
                _inbox.Add(new WorkerInput.CannotPrepare(prepare.Run, why!));
                return;
            }

            _runner?.Dispose();
            _run = new PreparedRun(spec, context);
            _runner = new RangeRunner(_settings, context, run => _inbox.Add(new WorkerInput.LostRun(run, IsBeside: true)));
        }

        _settings.Relay?.Begin(prepare.Run, _run!.Context.Plan);
        _settings.Relay?.Addends.Begin(prepare.Run, _run!.Context);
        _inbox.Add(new WorkerInput.Prepared(prepare.Run, _run!.Fingerprint));
    }

    private void Execute(ClusterMessage.Assign assign)
    {
        if (_began != assign.Run) _settings.Began(assign.Run);
        _began = assign.Run;
        var report = _runner!.Run(assign, _plane!, () => _handBack);
        _inbox.Add(report.Outcome is PlaneOutcome.Done or PlaneOutcome.Over or PlaneOutcome.UnknownTensor or PlaneOutcome.NotLeased
            ? new WorkerInput.Worked(assign.Run, report.Measured, _runner.TakeFailed(), report.Took, report.Keeps, _runner.TakeUnheard())
            : new WorkerInput.LostRun(assign.Run));
    }
}

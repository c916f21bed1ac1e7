using System.Collections.Concurrent;
using System.Collections.Frozen;
using ClusterTrain.Cluster.Plane;
using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Training.Engines;
using ClusterTrain.Training.Engines.Local;
using ClusterTrain.Training.Planning;
using ClusterTrain.Training.Server;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Threads;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Cluster.Serving;

/// <summary>
/// Carries one run as its server: one thread of its own takes what workers and plane bring, feeds the
/// <see cref="RunDesk"/>, and carries out what that decides. Any thread may hand things in.
/// </summary>
public sealed class RunConductor : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);
    private readonly BlockingCollection<DeskInput> _inbox = new(new ConcurrentQueue<DeskInput>());
    private readonly Lock _gate = new();
    private readonly HelpingThreads _helpers;
    private readonly ParameterServer _server;
    private readonly RunDesk _desk;
    private readonly RunTensors _tensors;
    private readonly Action<DeskEffect.Send> _send;
    private readonly Action<DeskEffect> _note;
    private readonly TimeProvider _time;

    /// <param name="run">The run and which life of its server this is.</param>
    /// <param name="plane">Where workers find its tensors.</param>
    /// <param name="context">The run.</param>
    /// <param name="start">Where it stands.</param>
    /// <param name="leases">When work is given to a second worker.</param>
    /// <param name="send">Delivers a message to a worker; must not block.</param>
    /// <param name="note">Told of workers that come, go or are refused; must not block.</param>
    /// <param name="time">The clock.</param>
    /// <param name="relays">Whether workers pass parameters on to each other; where it pays when null.</param>
    /// <param name="shutOut">Workers that computed wrongly before, by name, each with what it did; none when null.</param>
    public RunConductor(
        RunKey run, string plane, RunContext context, RunState start, LeasePolicy leases,
        Action<DeskEffect.Send> send, Action<DeskEffect> note, TimeProvider time, RelayPolicy? relays = null, IReadOnlyDictionary<string, string>? shutOut = null)
    {
        (Run, Shards, _send, _note, _time) = (run, context.Plan.Shards, send, note, time);

        // ProcessorCount keeps to a container's share of the processors.
        _helpers = new HelpingThreads(Environment.ProcessorCount - 1, "commit");
        _server = new ParameterServer(context, start, leases, run.Incarnation, _helpers, mayWait: true);
        _desk = new RunDesk(run, plane, context, _server, relays, shutOut);
        _tensors = new RunTensors(run, context, _server, _gate, (name, worker) => _desk.PartsOf(name.Step, name.First, name.Count, worker), Post);
    }

    public RunKey Run { get; }

    /// <summary>Items of a step: as many workers have work at once.</summary>
    public int Shards { get; }

    /// <summary>What the plane serves of this run.</summary>
    public ITensorStore Tensors => _tensors;

    public long BytesSent => _tensors.BytesSent;

    public long BytesReceived => _tensors.BytesReceived;

    /// <summary>Steps that the run has made.</summary>
    public long Steps { get; private set; }

    /// <summary>Workers that are fit for the run and here.</summary>
    public int ReadyWorkers { get; private set; }

    /// <summary>Workers that are here and cannot work for the run, by name, and why.</summary>
    public IReadOnlyDictionary<string, string> SittingOut { get; private set; } = FrozenDictionary<string, string>.Empty;

    /// <summary>How they introduced themselves. Only for what is called on the conductor's thread.</summary>
    public IReadOnlyList<ClusterMessage.Join> Workers => _desk.Workers;

    /// <summary>The most that there were at once.</summary>
    public int MostWorkers { get; private set; }

    /// <summary>Hands something in; after the end it only gives memory back.</summary>
    public void Post(DeskInput input) => _inbox.Add(input);

    /// <summary>Carries the run on to its end, or to where it is stopped, on the caller's thread.</summary>
    /// <param name="observer">Called on this thread, outside the server's lock.</param>
    /// <param name="stop">Interrupts the run: its state is kept.</param>
    /// <param name="failed">Ends with an exception what cannot go on; asked now and then.</param>
    public RunOutcome Carry(IRunObserver observer, CancellationToken stop, Func<Exception?>? failed = null)
    {
        var started = _time.GetTimestamp();
        var effects = new List<DeskEffect>();
        using var registration = stop.Register(() => Post(new DeskInput.StopRequested()));
        ServerEffect? end = null;
        while (end is null)
        {
            if (!_inbox.TryTake(out var input, Tick)) input = new DeskInput.TimePasses();
            if (failed?.Invoke() is { } failure) throw failure;
            effects.Clear();
            lock (_gate)
            {
                _desk.Handle(input, _time.GetElapsedTime(started), effects);
                _tensors.Renew();
            }

            (ReadyWorkers, Steps) = (_desk.ReadyWorkers, _server.Model.Version);
            if (effects.Exists(effect => effect is not (DeskEffect.Send or DeskEffect.Decided))) SittingOut = _desk.SittingOut.ToFrozenDictionary(StringComparer.Ordinal);
            MostWorkers = Math.Max(MostWorkers, ReadyWorkers);
            end = CarryOut(effects, observer, _time.GetElapsedTime(started));
        }

        return new RunOutcome(end, _server.Model, _server.Result, _server.Stopping);
    }

    /// <summary>Gives back the memory of what came too late.</summary>
    public void Dispose()
    {
        while (_inbox.TryTake(out var late))
            lock (_gate) _desk.Handle(late, TimeSpan.Zero, []);
        _helpers.Dispose();
        _inbox.Dispose();
    }

    private ServerEffect? CarryOut(List<DeskEffect> effects, IRunObserver observer, TimeSpan elapsed)
    {
        ServerEffect? end = null;
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case DeskEffect.Send send:
                    _send(send);
                    break;
                case DeskEffect.Decided decided:
                    observer.On(decided.Effect, _server, elapsed);
                    if (decided.Effect.IsEnd) end = decided.Effect;
                    break;
                default:
                    _note(effect);
                    break;
            }
        }

        return end;
    }
}

using System.Collections.Concurrent;
using ClusterTrain.Actors.Engine;
using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Cluster.Serving;
using ClusterTrain.Node.Cli;
using ClusterTrain.Node.Line;
using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.Durable;
using ClusterTrain.Training.Engines;
using Microsoft.Extensions.Logging;

namespace ClusterTrain.Node.Nodes;

/// <summary>
/// The active server of a cluster: carries the runs of its <see cref="RunLine"/> one after the other, on a thread of its
/// own. When another node takes over, the run at hand is saved and stays in the line.
/// </summary>
/// <param name="surroundings">What the run sees of the world.</param>
/// <param name="log">Told of what happens.</param>
/// <param name="line">The cluster's runs.</param>
/// <param name="served">Gets the run at hand.</param>
/// <param name="plane">Address of this node's plane.</param>
/// <param name="data">Folder of data sets, or null.</param>
internal sealed class ServerDuty(
    Surroundings surroundings, ILogger log, RunLine line, ServedRun served, string plane, string? data)
    : IServerDuty, IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly RelayPolicy _relays = RelaySetting.Of(surroundings);
    private readonly Lock _gate = new();
    private readonly AutoResetEvent _news = new(false);
    private readonly LinePause _pause = new(line.Folder, surroundings.Time, DiskRoom.Has);

    // Who is here, run or none: a new run need not wait until they say so again.
    private readonly ConcurrentDictionary<string, ClusterMessage.Join> _here = new(StringComparer.Ordinal);
    private readonly Lock _watching = new();
    private OwnerWatch? _watched;
    private Term? _term;

    /// <summary>Whether this node is the active server.</summary>
    public bool IsActive => _term is not null;

    /// <summary>The run at hand, or null.</summary>
    public ServedProgress? Current { get; private set; }

    /// <summary>Told that this node becomes the active server. Must not block.</summary>
    public Action Begins { get; set; } = () => { };

    /// <summary>Brings what other servers have of a run and this one has not, before it is taken up.</summary>
    public Action<string> CatchUp { get; set; } = _ => { };

    /// <summary>Why no run is taken from the line; null when it moves.</summary>
    public string? HeldUp => _pause.Why;

    /// <summary>A run was added to the line.</summary>
    public void LookAgain() => _news.Set();

    /// <summary>Takes a run out of the line, the one at hand where none is named; what is done of it is saved.</summary>
    /// <exception cref="WrongInputException">There is no such run, or it has ended.</exception>
    public StoppedRun Stop(string? name)
    {
        lock (_gate)
        {
            // The one at hand may have ended a moment ago, and is only being let go of.
            // One that begins has no progress to show yet, and is the one at hand all the same.
            if ((name ?? Current?.Run ?? line.Here().FirstOrDefault(kept => kept.State == KeptState.Running)?.Run) is not { } run || (name is null && !line.Get(run).IsInLine)) return new StoppedRun(null, null);
            var stopped = line.Stop(run);
            if (Current?.Run == run) Current.StopByUser();
            return new StoppedRun(run, stopped.State);
        }
    }

    /// <summary>
    /// Looks whether the server of the next run, in a folder that this one shares with it, shows life. To be called now and then while
    /// another server is the active one: if that is frozen, this one need not find it out when its turn has come.
    /// </summary>
    public void WatchOwner()
    {
        if (line.InLine() is not [var next, ..]) return;
        lock (_watching) WatchOf(line.PathOf(next.Run)).SilentOwner();
    }

    /// <summary>Lets go of a run, if it is the one at hand.</summary>
    public void LetGo(string run)
    {
        lock (_gate)
            if (Current?.Run == run)
                Current.LetGo();
    }

    public void Begin(Action<string, IClusterMessage> send)
    {
        var term = new Term(send);
        lock (_gate) _term = term;
        Begins();
        term.Thread = new Thread(() => Serve(term)) { Name = "server", IsBackground = true };
        term.Thread.Start();
    }

    public void Receive(IClusterMessage message)
    {
        if (message is ClusterMessage.Join join)
        {
            if (WorkerName.Problem(join.Worker) is null && (_here.Count < WorkerName.MostWorkers || _here.ContainsKey(join.Worker))) _here[join.Worker] = join;
        }
        else if (message is ClusterMessage.Leave leave) _here.TryRemove(leave.Worker, out _);
        served.Post(new DeskInput.Received(message));
    }

    public void Lose(string worker)
    {
        _here.TryRemove(worker, out _);
        served.Post(new DeskInput.Lost(worker));
    }

    public Task End()
    {
        Term? term;
        lock (_gate) (term, _term) = (_term, null);
        if (term is null) return Task.CompletedTask;
        term.HandOver.Cancel();
        _news.Set();
        return Task.Run(() => term.Thread!.Join());
    }

    public void Dispose() => _news.Dispose();

    private void Serve(Term term)
    {
        NodeLog.Serving(log, line.Folder);
        while (!term.HandOver.IsCancellationRequested)
        {
            var wasHeldUp = _pause.Why is not null;
            if (!_pause.HasEnded() || line.InLine() is not [var next, ..])
            {
                _news.WaitOne(Pause);
                continue;
            }

            if (wasHeldUp) NodeLog.LineGoesOn(log);
            var runLog = new RunLog(log, line.PathOf(next.Run), surroundings.Time);
            try
            {
                Carry(term, next.Run, runLog);
            }
            catch (Exception failure) when (ClaimLostException.IsIn(failure))
            {
                // The run has another server: whatever there is to be said of it, that one says.
                NodeLog.TakenOver(log, next.Run);
            }
            catch (Exception failure)
            {
                Fail(next.Run, failure, runLog);
            }
        }
    }

    // A run that fails says so in its folder, and the next one has its turn. A full disk is no fault of the run: the next one
    // would only fail as well.
    private void Fail(string name, Exception failure, RunLog runLog)
    {
        var problems = Guard.Lines(failure).ToList();
        if (FileFailureException.IsFull(failure))
        {
            _pause.Begin(problems[0], DiskRoom.Needed(new RunFolder(line.PathOf(name))));
            NodeLog.LineHeldUp(log, problems[0]);
            line.HandOver(name);
            return;
        }

        foreach (var problem in problems) NodeLog.RunFailed(runLog, name, problem);
        line.End(name, KeptState.Failed, string.Join("; ", problems), AdviceFor(name));
    }

    private void Carry(Term term, string name, RunLog runLog)
    {
        var path = line.PathOf(name);
        using var claim = Claim(term, name, runLog);
        if (claim is null) return;
        try
        {
            CatchUp(name);
            if (line.Begin(name) is { } kept) Carry(term, kept, claim, runLog);
        }
        catch (Exception failure) when (!claim.IsHeld && !ClaimLostException.IsIn(failure))
        {
            // Whatever was in its way, it was not this server's to write any more.
            throw new ClaimLostException(path);
        }
    }

    private void Carry(Term term, KeptRun kept, RunClaim claim, RunLog runLog)
    {
        var name = kept.Run;
        var path = line.PathOf(name);
        if (RunSession.Ended(new RunFolder(path)) is { } ended)
        {
            ServedSession.Say(runLog, name, ended);
            Keep(name, ended);
            return;
        }

        using var session = new ServedSession(surroundings, runLog, path, data, claim, kept.Incarnation);
        line.Count(name, session.Incarnation);

        // A server that goes on after this one must not take the same number; who is out of reach is not waited for.
        line.Known.Wait(Patience);
        var progress = session.Begin(term.HandOver.Token);
        using var conductor = new RunConductor(
            new RunKey(name, session.Incarnation), plane, session.Context, session.Start, AkkaEngine.Leases,
            send => term.Send(send.Worker, send.Message), effect => Note(effect, session, runLog), surroundings.Time, _relays, session.ShutOut);
        lock (_gate)
        {
            Current = progress;

            // Stopped while its data was loaded: there was nobody yet to tell.
            if (!line.IsRunning(name)) progress.StopByUser();
        }

        served.Set(conductor, session.SpecText);
        foreach (var join in _here.Values) served.Post(new DeskInput.Received(join));
        try
        {
            var outcome = conductor.Carry(progress.Tracker, progress.Stopped);
            if (session.Conclude(outcome, conductor, progress.IsStoppedByUser) is { } end) Keep(name, end);
            else line.HandOver(name);
            _pause.Forget();
        }
        finally
        {
            served.Clear();
            lock (_gate) Current = null;
            session.DeleteProcesses();
        }
    }

    private void Keep(string name, SessionEnd end) => line.End(
        name,
        end switch
        {
            SessionEnd.Completed { Summary.Status: RunStatus.StoppedEarly } => KeptState.StoppedEarly,
            SessionEnd.Completed => KeptState.Completed,
            SessionEnd.Diverged => KeptState.Diverged,
            SessionEnd.Interrupted => KeptState.Interrupted,
            _ => KeptState.Failed,
        },
        end.Trouble, end is SessionEnd.Disagreed ? $"{end.Advice} {AdviceFor(name)}" : end.Advice);

    private string AdviceFor(string name) => $"Once that is put right, it goes on with: {surroundings.Program} submit --again {name}";

    // Who served the run before may still be ending: nobody writes while it has the claim. If it is frozen, it is not waited for.
    private RunClaim? Claim(Term term, string name, RunLog runLog)
    {
        var path = line.PathOf(name);
        var isFirst = true;
        while (!term.HandOver.IsCancellationRequested && line.InLine() is [var next, ..] && next.Run == name)
        {
            lock (_watching)
                if (RunClaim.TryTake(path, WatchOf(path)) is { } claim) return claim;
            if (isFirst) NodeLog.Claimed(runLog, path);
            isFirst = false;
            _news.WaitOne(Pause);
        }

        return null;
    }

    private OwnerWatch WatchOf(string path)
    {
        if (_watched?.Folder != path) _watched = new OwnerWatch(path, plane, surroundings.Time);
        return _watched;
    }

    private void Note(DeskEffect effect, ServedSession session, RunLog runLog)
    {
        if (effect is DeskEffect.WorkerJoined or DeskEffect.WorkerLeft && served.Conductor is { } conductor)
            session.WriteProcesses(plane, conductor.Workers);
        switch (effect)
        {
            case DeskEffect.WorkerJoined joined:
                NodeLog.WorkerJoined(runLog, joined.Worker);
                break;
            case DeskEffect.WorkerLeft { SaidGoodbye: true } left:
                NodeLog.WorkerLeft(runLog, left.Worker);
                break;
            case DeskEffect.WorkerLeft left:
                NodeLog.WorkerLost(runLog, left.Worker);
                break;
            case DeskEffect.WorkerSitsOut sitsOut:
                NodeLog.WorkerSitsOut(runLog, sitsOut.Worker, sitsOut.Why);
                break;
            case DeskEffect.WorkerRefused refused:
                NodeLog.WorkerRefused(runLog, refused.Worker, refused.Why);
                break;
        }
    }

    /// <summary>One time of being the active server.</summary>
    private sealed class Term(Action<string, IClusterMessage> send)
    {
        public Action<string, IClusterMessage> Send { get; } = send;

        public CancellationTokenSource HandOver { get; } = new();

        public Thread? Thread { get; set; }
    }
}

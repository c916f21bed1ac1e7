using ClusterTrain.Actors.Engine;
using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Cluster.Protocol;
using ClusterTrain.Cluster.Serving;
using ClusterTrain.Node.Cli;
using ClusterTrain.Runs.Results;
using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.Durable;
using Microsoft.Extensions.Logging;

namespace ClusterTrain.Node.Nodes;

/// <summary>
/// The active server of a cluster: carries the runs of its <see cref="RunQueue"/> one after the other, on a thread of its
/// own. When another node takes over, the run at hand is saved and stays in the line.
/// </summary>
/// <param name="surroundings">What the run sees of the world.</param>
/// <param name="log">Told of what happens.</param>
/// <param name="queue">The cluster's runs.</param>
/// <param name="served">Gets the run at hand.</param>
/// <param name="plane">Address of this node's plane.</param>
/// <param name="data">Folder of data sets, or null.</param>
internal sealed class ServerDuty(
    Surroundings surroundings, ILogger log, RunQueue queue, ServedRun served, string plane, string? data)
    : IServerDuty, IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private readonly Lock _gate = new();
    private readonly AutoResetEvent _news = new(false);
    private Term? _term;

    /// <summary>Whether this node is the active server.</summary>
    public bool IsActive => _term is not null;

    /// <summary>The run at hand, or null.</summary>
    public ServedProgress? Current { get; private set; }

    /// <summary>A run was added to the line.</summary>
    public void LookAgain() => _news.Set();

    /// <summary>Stops the run at hand, which is saved and can be taken in again; its name, or null without one.</summary>
    public string? StopCurrent()
    {
        lock (_gate)
        {
            if (Current is not { } current) return null;
            current.StopByUser();
            return current.Run;
        }
    }

    public void Begin(Action<string, IClusterMessage> send)
    {
        var term = new Term(send);
        lock (_gate) _term = term;
        term.Thread = new Thread(() => Serve(term)) { Name = "server", IsBackground = true };
        term.Thread.Start();
    }

    public void Receive(IClusterMessage message) => served.Post(new DeskInput.Received(message));

    public void Lose(string worker) => served.Post(new DeskInput.Lost(worker));

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
        NodeLog.Serving(log, queue.Folder);
        while (!term.HandOver.IsCancellationRequested)
        {
            if (queue.Waiting() is not [var name, ..])
            {
                _news.WaitOne(Pause);
                continue;
            }

            try
            {
                Carry(term, name);
            }
            catch (Exception failure)
            {
                foreach (var line in Guard.Lines(failure)) NodeLog.RunFailed(log, name, line);
                queue.Remove(name);
            }
        }
    }

    private void Carry(Term term, string name)
    {
        var path = Path.Combine(queue.Folder, name);
        using var claim = Claim(term, path);
        if (claim is null) return;
        if (RunSession.Ended(new RunFolder(path)) is { } ended)
        {
            ServedSession.Say(log, name, ended);
            queue.Remove(name);
            return;
        }

        using var session = new ServedSession(surroundings, log, path, data, claim);
        var progress = session.Begin(term.HandOver.Token);
        using var conductor = new RunConductor(
            new RunKey(name, session.Incarnation), plane, session.Context, session.Start, AkkaEngine.Leases,
            send => term.Send(send.Worker, send.Message), effect => Note(effect, session), surroundings.Time);
        lock (_gate) Current = progress;
        served.Set(conductor, session.SpecText);
        try
        {
            var outcome = conductor.Carry(progress.Tracker, progress.Stopped);
            if (session.Conclude(outcome, conductor, progress.IsStoppedByUser)) queue.Remove(name);
        }
        finally
        {
            served.Clear();
            lock (_gate) Current = null;
            session.DeleteProcesses();
        }
    }

    // Who served the run before may still be ending: nobody writes while it has the claim.
    private RunClaim? Claim(Term term, string path)
    {
        var isFirst = true;
        while (!term.HandOver.IsCancellationRequested)
        {
            if (RunClaim.TryTake(path) is { } claim) return claim;
            if (isFirst) NodeLog.Claimed(log, path);
            isFirst = false;
            _news.WaitOne(Pause);
        }

        return null;
    }

    private void Note(DeskEffect effect, ServedSession session)
    {
        if (effect is DeskEffect.WorkerJoined or DeskEffect.WorkerLeft && served.Conductor is { } conductor)
            session.WriteProcesses(plane, conductor.Workers);
        switch (effect)
        {
            case DeskEffect.WorkerJoined joined:
                NodeLog.WorkerJoined(log, joined.Worker);
                break;
            case DeskEffect.WorkerLeft { SaidGoodbye: true } left:
                NodeLog.WorkerLeft(log, left.Worker);
                break;
            case DeskEffect.WorkerLeft left:
                NodeLog.WorkerLost(log, left.Worker);
                break;
            case DeskEffect.WorkerRefused refused:
                NodeLog.WorkerRefused(log, refused.Worker, refused.Why);
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

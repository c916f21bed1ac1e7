using ClusterTrain.Cluster.Protocol;

namespace ClusterTrain.Cluster.Working;

/// <summary>
/// A worker's side of the protocol, without I/O: joins, prepares, asks, works, and begins anew when its server does. What
/// is not answered is said again, so that no lost message can stop it.
/// </summary>
/// <param name="join">How it introduces itself.</param>
/// <param name="isOfOneRun">Whether it ends with a run that it cannot work for, rather than to wait for another one.</param>
/// <remarks>Not thread-safe: its shell feeds it one input at a time.</remarks>
public sealed class WorkerMachine(ClusterMessage.Join join, bool isOfOneRun = false)
{
    /// <summary>After this long without an answer a worker says again what it wants.</summary>
    public static readonly TimeSpan Repeat = TimeSpan.FromSeconds(2);

    private readonly string _name = join.Worker;
    private Phase _phase = Phase.Seeking;
    private RunKey? _run;
    private TimeSpan _saidAt = TimeSpan.MinValue;
    private bool _isLeaving;
    private string _failed = "";
    private string _unheard = "";
    private long _took;
    private bool _keeps;

    private enum Phase
    {
        /// <summary>Wants a run.</summary>
        Seeking,

        /// <summary>Loads it.</summary>
        Preparing,

        /// <summary>Cannot work for the run at hand.</summary>
        SittingOut,

        /// <summary>Wants work.</summary>
        Asking,

        Working,
        Ended,
    }

    public bool HasEnded => _phase == Phase.Ended;

    public void Handle(WorkerInput input, TimeSpan now, List<WorkerEffect> effects)
    {
        if (_phase == Phase.Ended) return;
        switch (input)
        {
            case WorkerInput.Received received:
                Receive(received.Message, now, effects);
                break;
            case WorkerInput.Prepared prepared when _phase == Phase.Preparing && prepared.Run == _run:
                effects.Add(new WorkerEffect.Send(prepared.Fingerprint.Ready(_name, prepared.Run)));
                Ask(now, effects);
                break;
            case WorkerInput.CannotPrepare failure when _phase == Phase.Preparing && failure.Run == _run:
                effects.Add(new WorkerEffect.Send(new ClusterMessage.Unfit(_name, failure.Run, failure.Why)));
                SitOut(failure.Why, effects);
                break;
            case WorkerInput.Worked worked when _phase == Phase.Working:
                (_failed, _unheard, _took, _keeps) = (worked.Failed, worked.Unheard, worked.Took, worked.Keeps);
                foreach (var measured in worked.Measured) effects.Add(new WorkerEffect.Send(measured));
                if (_isLeaving) Depart(effects);
                else if (worked.Run == _run) Ask(now, effects);
                else Seek(now, effects);
                break;
            case WorkerInput.LostRun lost when _phase == Phase.Working ? !lost.IsBeside : lost.Run == _run:
                if (_isLeaving) Depart(effects);
                else Seek(now, effects);
                break;
            case WorkerInput.StopRequested:
                Leave(effects);
                break;
            case WorkerInput.TimePasses when now >= _saidAt + Repeat:
                SayAgain(now, effects);
                break;
        }
    }

    private void Receive(IClusterMessage message, TimeSpan now, List<WorkerEffect> effects)
    {
        switch (message)
        {
            // A newer life of the server, or another run; while an item is at hand the next question will show it.
            // Said by a server that was passed by, and has not heard of it yet.
            case ClusterMessage.Begin begin when _phase != Phase.SittingOut && _run is { } run && begin.Run.Run == run.Run && begin.Run.Incarnation < run.Incarnation:
                break;
            // What is at hand is for nobody, and the server that it was for may never answer.
            case ClusterMessage.Begin begin when _phase == Phase.Working && begin.Run != _run:
                _run = null;
                effects.Add(new WorkerEffect.Abandon());
                break;
            case ClusterMessage.Begin begin when _phase != Phase.Working && begin.Run != _run:
                (_phase, _run) = (Phase.Preparing, begin.Run);
                effects.Add(new WorkerEffect.Prepare(begin.Run, begin.Plane, begin.Math));
                break;
            case ClusterMessage.Assign assign when _phase == Phase.Asking && assign.Run == _run:
                _phase = Phase.Working;
                effects.Add(new WorkerEffect.Work(assign));
                break;
            case ClusterMessage.Over over when over.Run == _run && _phase != Phase.Working:
                Seek(now, effects);
                break;
            case ClusterMessage.Over over when over.Run == _run:
                _run = null; // the answer at hand is for nobody; what follows it is to seek
                break;
            case ClusterMessage.SitOut sitOut when sitOut.Run == _run && _phase is Phase.Preparing or Phase.Asking:
                SitOut(sitOut.Why, effects);
                break;
            case ClusterMessage.Refuse refuse:
                End(refuse.Why, effects);
                break;
        }
    }

    private void Seek(TimeSpan now, List<WorkerEffect> effects)
    {
        (_phase, _run) = (Phase.Seeking, null);
        Say(join, now, effects);
    }

    private void Ask(TimeSpan now, List<WorkerEffect> effects)
    {
        _phase = Phase.Asking;
        Say(new ClusterMessage.Ask(_name, _run!.Value, _failed, _took, _keeps, _unheard), now, effects);
    }

    private void Say(IClusterMessage message, TimeSpan now, List<WorkerEffect> effects)
    {
        _saidAt = now;
        effects.Add(new WorkerEffect.Send(message));
    }

    // Whoever does not ask says that it is here: the server answers with the run that there is. That may be another one by then, or
    // another server's, whatever has become of the one that this worker waits for.
    private void SayAgain(TimeSpan now, List<WorkerEffect> effects)
    {
        if (_phase == Phase.Asking) Ask(now, effects);
        else Say(join, now, effects);
    }

    private void SitOut(string why, List<WorkerEffect> effects)
    {
        if (isOfOneRun)
        {
            End(why, effects);
            return;
        }

        _phase = Phase.SittingOut;
        effects.Add(new WorkerEffect.SitOut(_run!.Value, why));
    }

    private void Leave(List<WorkerEffect> effects)
    {
        _isLeaving = true;
        if (_phase == Phase.Working) effects.Add(new WorkerEffect.HandBack());
        else Depart(effects);
    }

    private void Depart(List<WorkerEffect> effects)
    {
        effects.Add(new WorkerEffect.Send(new ClusterMessage.Leave(_name)));
        End(null, effects);
    }

    private void End(string? refusal, List<WorkerEffect> effects)
    {
        _phase = Phase.Ended;
        effects.Add(new WorkerEffect.End(refusal));
    }
}

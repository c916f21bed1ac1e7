using ClusterTrain.Node.Progress;

namespace ClusterTrain.Node.Nodes;

/// <summary>A run that is served, as others may watch and stop it.</summary>
internal sealed class ServedProgress(string run, long firstStep, ProgressTracker tracker, CancellationTokenSource stop)
{
    public string Run { get; } = run;

    /// <summary>Where this session took it up.</summary>
    public long FirstStep { get; } = firstStep;

    public ProgressTracker Tracker { get; } = tracker;

    public CancellationToken Stopped => stop.Token;

    /// <summary>Whether a user stopped it, rather than a change of server.</summary>
    public bool IsStoppedByUser { get; private set; }

    /// <summary>The run is let go of as it stands, for whoever goes on with it.</summary>
    public void LetGo() => stop.Cancel();

    public void StopByUser()
    {
        IsStoppedByUser = true;
        stop.Cancel();
    }
}

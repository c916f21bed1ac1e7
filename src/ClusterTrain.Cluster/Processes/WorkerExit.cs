namespace ClusterTrain.Cluster.Processes;

/// <summary>What a worker process's exit code tells who started it.</summary>
public static class WorkerExit
{
    /// <summary>It left by itself, with nothing in its hands.</summary>
    public const int Left = 0;

    /// <summary>It is not fit for the run; starting it again would not help.</summary>
    public const int Refused = 2;
}

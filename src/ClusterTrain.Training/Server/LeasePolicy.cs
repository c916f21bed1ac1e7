namespace ClusterTrain.Training.Server;

/// <summary>When an item that was given to one worker is given to a second one as well.</summary>
public sealed record LeasePolicy
{
    /// <summary>Shortest lease, above 0; default 2 s.</summary>
    public TimeSpan Shortest { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Lease in multiples of the usual time of such an item, 1 or more; default 4.</summary>
    public double Patience { get; init; } = 4;

    /// <summary>Lease while nothing is known of how long such items take, above 0; default 2 s.</summary>
    public TimeSpan First { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The lease of an item whose kind usually takes <paramref name="usual"/>, zero when that is not known.</summary>
    public TimeSpan Lease(TimeSpan usual)
    {
        if (usual == TimeSpan.Zero) return First;
        var patient = usual * Patience;
        return patient > Shortest ? patient : Shortest;
    }
}

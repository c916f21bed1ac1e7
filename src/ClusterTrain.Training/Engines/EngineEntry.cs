namespace ClusterTrain.Training.Engines;

/// <summary>How many small runs at once are best carried.</summary>
public enum SmallRuns
{
    /// <summary>One after another, each by all workers.</summary>
    OneByOne,

    /// <summary>As many at once as there are workers, each on a thread of this process.</summary>
    ThreadEach,

    /// <summary>As many at once as there are workers, each in a process of its own.</summary>
    ProcessEach,
}

/// <summary>An engine as it stands in the catalogue: all that is known of it by name.</summary>
/// <param name="Name">As users write it and as results name it.</param>
/// <param name="Summary">Who its workers are: a few words.</param>
/// <param name="Create">Makes it.</param>
public sealed record EngineEntry(string Name, string Summary, Func<EngineOptions, TimeProvider, IEngine> Create)
{
    /// <summary>How the many trainings of a study are shared out.</summary>
    public SmallRuns SmallRuns { get; init; }
}

using Akka.Configuration;

namespace ClusterTrain.Actors.Membership;

/// <summary>How patient a node is with its cluster. The same on every node.</summary>
internal sealed record MembershipTimes
{
    /// <summary>Section of these settings in what Akka reads.</summary>
    public const string Section = "akka.cluster.healing";

    /// <summary>Time between two looks at the cluster and at the seeds that are not in it.</summary>
    public required TimeSpan Look { get; init; }

    /// <summary>A worker that has seen no server for this long leaves, and asks the seeds again.</summary>
    public required TimeSpan WithoutServer { get; init; }

    /// <summary>How long the first seed waits for an answer of the others before it founds a cluster; the second one twice as long.</summary>
    public required TimeSpan FoundAfter { get; init; }

    /// <summary>What a node said counts for this long.</summary>
    public TimeSpan Fresh => 3 * Look;

    /// <summary>How long another cluster must have been the better one before this one, which has a server, dissolves.</summary>
    public TimeSpan Settle => 2 * Look;

    /// <summary>After this long without being let in, a node asks again.</summary>
    public TimeSpan Repeat => 3 * Look;

    public static MembershipTimes Read(Config config) => new()
    {
        Look = config.GetTimeSpan($"{Section}.look"),
        WithoutServer = config.GetTimeSpan($"{Section}.without-server"),
        FoundAfter = config.GetTimeSpan($"{Section}.found-after"),
    };
}

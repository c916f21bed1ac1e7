namespace ClusterTrain.Studies.Variance.Arms;

/// <summary>How the training of a member ended.</summary>
public abstract record MemberEnd
{
    private MemberEnd()
    {
    }

    /// <summary>It is complete; its result is on disk.</summary>
    public sealed record Trained : MemberEnd;

    /// <summary>Stopped by the user; what is on disk can be resumed.</summary>
    public sealed record Interrupted : MemberEnd;

    /// <summary>It became NaN or infinite and takes no further part. It would do so again: all of it is fixed by its spec.</summary>
    /// <param name="Step">Step at which it did.</param>
    /// <param name="What">What became so.</param>
    public sealed record Diverged(long Step, string What) : MemberEnd;
}

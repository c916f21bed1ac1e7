namespace ClusterTrain.Studies.Variance.Estimation;

/// <summary>The moments of an arm with all their replicates, from which any figure made of them has its own.</summary>
/// <param name="Value">From all members and rows.</param>
/// <param name="Draws">In each draw of the bootstrap over rows.</param>
/// <param name="LeftOut">Without each member, by set.</param>
/// <param name="Shared">What both of these hold.</param>
/// <param name="Rows">Test rows.</param>
internal sealed record ArmSample(Moments Value, Moments[] Draws, IReadOnlyList<Moments[]> LeftOut, SharedVariance Shared, int Rows)
{
    /// <summary>Fewest members of a set: without one of them there must still be a pair.</summary>
    public const int FewestMembers = 3;

    /// <param name="gram">Of the same errors, for the jackknife.</param>
    public static ArmSample Of(ErrorTable errors, Gram gram, BootstrapWeights weights)
    {
        if (errors.Groups.Any(members => members.Length < FewestMembers))
            throw new ArgumentException($"An interval over models wants {FewestMembers} members of each set.", nameof(errors));
        var points = PointMoments.Of(errors);
        var (v, c, between) = (weights.Means(points.V), weights.Means(points.C), weights.Means(points.Between));
        return new ArmSample(
            gram.Moments(errors.Groups),
            [.. Enumerable.Range(0, weights.Draws).Select(draw => new Moments(v[draw], c[draw], between[draw]))],
            gram.LeaveOneOut(errors.Groups),
            SharedVariance.Of(errors),
            errors.Rows);
    }

    /// <summary>A figure made of the moments.</summary>
    public Replicates Replicate(Func<Moments, double> figure) => new(
        figure(Value), [.. Draws.Select(figure)], [.. LeftOut.Select(group => group.Select(figure).ToArray())],
        Shared.Of(figure, Value), Rows);
}

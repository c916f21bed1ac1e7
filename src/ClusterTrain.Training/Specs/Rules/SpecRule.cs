namespace ClusterTrain.Training.Specs.Rules;

/// <summary>A check that no single key can make alone.</summary>
/// <param name="Meaning">One sentence for the reference page, without its full stop.</param>
/// <param name="Reads">
/// Keys the rule looks at (<c>[]</c> stands for any index). It is left out when one of them could not be read, since it
/// would judge a default the user never asked for.
/// </param>
/// <param name="Check">Problems of a spec; pure.</param>
public sealed record SpecRule(string Meaning, IReadOnlyList<string> Reads, Func<RunSpec, IEnumerable<SpecProblem>> Check)
{
    /// <summary>A rule with at most one problem.</summary>
    internal static SpecRule Of(string meaning, IReadOnlyList<string> reads, Func<RunSpec, SpecProblem?> check) =>
        new(meaning, reads, spec => check(spec) is { } problem ? [problem] : []);
}

using System.Globalization;
using ClusterTrain.Studies.Variance.Arms;
using ClusterTrain.Studies.Variance.Estimation;

namespace ClusterTrain.Studies.Variance.Report;

/// <summary>The answer in a few sentences, made of the figures: which arms share less, more, or as much as can be told.</summary>
internal static class Conclusions
{
    public static IReadOnlyList<string> Of(VarianceResult result)
    {
        var sentences = new List<string>();
        var changed = result.Arms.Where(arm => arm.Change is not null).ToList();
        if (changed.Count > 0)
        {
            sentences.Add(Sorted("The error that members share, C,", changed, change => change.C));
            sentences.Add(Sorted("The share of the error that averaging leaves, \u03C1,", changed, change => change.Rho));
        }

        if (Best(result, arm => arm.EqualTraining) is { } training)
            sentences.Add($"For the training work of {Plain(training.Work.Budget)} the lowest error is that of {training.Arm.Id} ({training.Arm.Title}) with k = {training.Work.K}: {Verdict.Plain(training.Work.Mse!.Value)}{Against(result, training.Arm, arm => arm.EqualTraining)}.");
        if (Best(result, arm => arm.EqualInference) is { } inference)
            sentences.Add($"For the inference work of {Plain(inference.Work.Budget)} it is that of {inference.Arm.Id} ({inference.Arm.Title}) with k = {inference.Work.K}: {Verdict.Plain(inference.Work.Mse!.Value)}{Against(result, inference.Arm, arm => arm.EqualInference)}.");
        if (HeldOut(result) is { } heldOut) sentences.Add(heldOut);
        sentences.AddRange(result.Arms.Where(arm => arm.Apart.Count > 0).Select(OfMasks));
        return sentences;
    }

    private static string Sorted(string subject, List<ArmResult> arms, Func<ArmChange, Estimate> figure)
    {
        string Names(Func<Interval, bool> which) => string.Join(", ", arms.Where(arm => which(figure(arm.Change!).Total)).Select(arm => arm.Id));
        var parts = new[]
        {
            (Words: "lower than with plain networks in", Names: Names(interval => interval.High < 0)),
            (Words: "higher in", Names: Names(interval => interval.Low > 0)),
            (Words: "not to be told from it in", Names: Names(interval => interval.Covers(0))),
        };
        return $"{subject} is {string.Join("; ", parts.Select(part => $"{part.Words} {(part.Names.Length == 0 ? "none" : part.Names)}"))}.";
    }

    private static string? HeldOut(VarianceResult result)
    {
        var tried = result.Arms.Where(arm => arm.HeldOut.Count > 0).Select(arm => (arm.Id, Point: arm.HeldOut[^1])).ToList();
        if (tried.Count == 0) return null;
        var off = tried.Where(one => !one.Point.Residual.Total.Covers(0)).Select(one => one.Id).ToList();
        return $"The error of the ensembles of pool B is what pool A foretold, as far as can be told, in {tried.Count - off.Count} of {tried.Count} arms at k = {tried.Max(one => one.Point.K)}"
            + (off.Count == 0 ? "." : $"; in {string.Join(", ", off)} the interval of their difference leaves out zero.");
    }

    private static (ArmResult Arm, EqualWork Work)? Best(VarianceResult result, Func<ArmResult, EqualWork?> of)
    {
        var reached = result.Arms.Where(arm => of(arm) is { Mse: not null }).Select(arm => (Arm: arm, Work: of(arm)!)).ToList();
        return reached.Count == 0 ? null : reached.MinBy(pair => pair.Work.Mse);
    }

    private static string Against(VarianceResult result, ArmResult best, Func<ArmResult, EqualWork?> of) =>
        best == result.Baseline || of(result.Baseline) is not { Mse: { } plain } ? "" : $", against {Verdict.Plain(plain)} of a";

    private static string Plain(int budget) => budget == 1 ? "one plain network" : $"{budget} plain networks";

    private static string OfMasks(ArmResult arm)
    {
        var of = arm.Apart.ToDictionary(one => one.Name, one => one.Scores.Mse, StringComparer.Ordinal);
        var (mean, whole) = (of[Apart.Arithmetic], of[Apart.Whole]);
        var members = arm.Groups.Max(members => members.Length);
        return string.Create(CultureInfo.InvariantCulture, $"In {arm.Id} the mean of {members} sub-networks has the error {mean:0.0000}, and the network itself, one pass, {whole:0.0000}: the {(whole < mean ? "single pass is lower" : whole > mean ? "mean is lower" : "two are equal")} by {Math.Abs(mean - whole):0.0000}.");
    }
}

using ClusterTrain.Training.Specs;

namespace ClusterTrain.Runs.Evaluation;

/// <summary>Comparisons of attacks that see a network's gradients differently: where they disagree, gradients mislead.</summary>
internal static class MaskingChecks
{
    // Square finds a row now and then that the others just miss; the losses differ by some percent on honest networks.
    private const double RowsBySquareAlone = 0.005;
    private const double RowsThatCrossEntropyMisses = 0.1;

    /// <param name="clean">Rows classified right.</param>
    /// <param name="outcomes">The attacks that were made, on all rows or on those that stood.</param>
    public static IEnumerable<SanityCheck> Of(bool[] clean, IReadOnlyList<AttackOutcome> outcomes)
    {
        var blackBox = Broken(clean, outcomes, IsBlackBox);
        var whiteBox = Broken(clean, outcomes, method => !IsBlackBox(method));
        if (outcomes.Any(outcome => IsBlackBox(outcome.Attack.Method)) && outcomes.Any(outcome => !IsBlackBox(outcome.Attack.Method)))
        {
            var alone = blackBox.Zip(whiteBox).Count(row => row is { First: true, Second: false });
            yield return new SanityCheck(
                "no black-box attack beats the white-box attacks", alone <= Allowed(RowsBySquareAlone, clean.Length),
                $"{alone} of {clean.Length} rows are broken by square alone (allowed: {Allowed(RowsBySquareAlone, clean.Length)})");
        }

        var crossEntropy = Broken(clean, outcomes, method => method is AttackMethod.ApgdCe or AttackMethod.Pgd or AttackMethod.Fgsm);
        var ratios = Broken(clean, outcomes, method => method is AttackMethod.ApgdDlr or AttackMethod.ApgdTargeted);
        if (!outcomes.Any(outcome => outcome.Attack.Method == AttackMethod.ApgdCe) || !ratios.Contains(true)) yield break;
        var missed = crossEntropy.Zip(ratios).Count(row => row is { First: false, Second: true });
        var most = Allowed(RowsThatCrossEntropyMisses, clean.Length);
        yield return new SanityCheck(
            "gradients of cross-entropy have not vanished", missed <= most,
            $"{missed} of {clean.Length} rows are broken on score ratios alone (allowed: {most})");
    }

    /// <summary>Rows that were right before some attack of these methods and wrong under it.</summary>
    private static bool[] Broken(bool[] clean, IReadOnlyList<AttackOutcome> outcomes, Func<AttackMethod, bool> isOfMethod)
    {
        var broken = new bool[clean.Length];
        foreach (var outcome in outcomes.Where(outcome => isOfMethod(outcome.Attack.Method)))
            for (var row = 0; row < broken.Length; row++)
                broken[row] |= outcome.Standing[row] && !outcome.StillCorrect[row];
        return broken;
    }

    private static bool IsBlackBox(AttackMethod method) => method == AttackMethod.Square;

    private static int Allowed(double share, int rows) => Math.Max(1, (int)(share * rows));
}

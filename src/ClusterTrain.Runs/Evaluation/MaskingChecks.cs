using ClusterTrain.Numerics.Attacks;

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
        var whiteBox = Broken(clean, outcomes, attack => !IsBlackBox(attack));
        if (outcomes.Any(outcome => IsBlackBox(outcome.Attack)) && outcomes.Any(outcome => !IsBlackBox(outcome.Attack)))
        {
            var alone = blackBox.Zip(whiteBox).Count(row => row is { First: true, Second: false });
            yield return new SanityCheck(
                "no black-box attack beats the white-box attacks", alone <= Allowed(RowsBySquareAlone, clean.Length),
                $"{alone} of {clean.Length} rows are broken by square alone (allowed: {Allowed(RowsBySquareAlone, clean.Length)})");
        }

        var crossEntropy = Broken(clean, outcomes, attack => attack.Sight == AttackSight.CrossEntropy);
        var ratios = Broken(clean, outcomes, attack => attack.Sight == AttackSight.ScoreRatio);
        if (!outcomes.Any(outcome => outcome.Attack is ApgdCeAttack) || !ratios.Contains(true)) yield break;
        var missed = crossEntropy.Zip(ratios).Count(row => row is { First: false, Second: true });
        var most = Allowed(RowsThatCrossEntropyMisses, clean.Length);
        yield return new SanityCheck(
            "gradients of cross-entropy have not vanished", missed <= most,
            $"{missed} of {clean.Length} rows are broken on score ratios alone (allowed: {most})");
    }

    /// <summary>Rows that were right before some attack of this kind and wrong under it.</summary>
    private static bool[] Broken(bool[] clean, IReadOnlyList<AttackOutcome> outcomes, Func<BallAttack, bool> isOfKind)
    {
        var broken = new bool[clean.Length];
        foreach (var outcome in outcomes.Where(outcome => isOfKind(outcome.Attack)))
            for (var row = 0; row < broken.Length; row++)
                broken[row] |= outcome.Standing[row] && !outcome.StillCorrect[row];
        return broken;
    }

    private static bool IsBlackBox(BallAttack attack) => attack.Sight == AttackSight.Scores;

    private static int Allowed(double share, int rows) => Math.Max(1, (int)(share * rows));
}

using ClusterTrain.Runs.Sessions;
using ClusterTrain.Training.State;
using ClusterTrain.Training.Work;

namespace ClusterTrain.Runs.Verification;

/// <summary>What a state scores on some of a split's rows, measured again chunk by chunk as training measured it.</summary>
/// <param name="Sums">Over the chunks that were measured, in their order.</param>
/// <param name="Rows">Rows that the run measured.</param>
/// <param name="AttackedRows">Rows that it attacked.</param>
internal readonly record struct FigureSample(EvaluationSums Sums, int Rows, int AttackedRows)
{
    // Chance goes so far in one of some ten million samples.
    private const double MostDeviations = 5.5;

    /// <summary>Measures the splits of an evaluation.</summary>
    public static IReadOnlyDictionary<Split, FigureSample> Measure(StoredRun run, ModelState model, WorkKind kind, VerifyOptions options)
    {
        var (executor, parameters) = (new WorkExecutor(run.Context), model.Served);
        var chunks = EvaluationPlan.Chunks(run.Context, kind);
        var (clean, attacked) = (Chosen(options, options.CleanRows, _ => true), Chosen(options, options.AttackedRows, at => chunks[at].Threat is not null));
        var samples = new Dictionary<Split, FigureSample>();
        for (var at = 0; at < chunks.Count; at++)
        {
            var ((chunk, threat), sums) = (chunks[at], default(EvaluationSums));
            if (clean.Contains(at) || attacked.Contains(at))
            {
                var item = new WorkItem.Evaluate(
                    new WorkId(0, kind, parameters.Version, at), parameters.Version, chunk, attacked.Contains(at) ? threat : null);
                sums = ((WorkResult.Evaluated)executor.Execute(item, parameters)).Sums;
            }

            var before = samples.GetValueOrDefault(chunk.Split);
            samples[chunk.Split] = new FigureSample(
                before.Sums + sums, before.Rows + chunk.Rows, before.AttackedRows + (threat is null ? 0 : chunk.Rows));
        }

        return samples;

        // Of each split so many chunks as the rows allow, but one at least.
        HashSet<int> Chosen(VerifyOptions options, int rows, Func<int, bool> counts)
        {
            var left = new Dictionary<Split, int>();
            HashSet<int> chosen = [];
            foreach (var at in options.Shuffled(chunks.Count).Where(counts))
            {
                var split = chunks[at].Chunk.Split;
                var room = left.GetValueOrDefault(split, options.All ? int.MaxValue : rows);
                if (room <= 0) continue;
                chosen.Add(at);
                left[split] = room - chunks[at].Chunk.Rows;
            }

            return chosen;
        }
    }

    /// <summary>What is wrong with a robust accuracy alone.</summary>
    public IEnumerable<string> OfAttack(string where, double robust) => IsWrong(robust, AttackedRows, Sums.Robust, Sums.AttackedRows)
        ? [Line(where, "robust accuracy", robust, Sums.RobustAccuracy ?? 0, Sums.AttackedRows, AttackedRows)] : [];

    /// <summary>What is wrong with recorded figures, a line each.</summary>
    /// <param name="where">What records them.</param>
    /// <param name="accuracy">Share of rows, 0 to 1.</param>
    /// <param name="robust">Share of attacked rows; null when none was attacked.</param>
    /// <param name="loss">Mean loss of a row; null where it is not recorded.</param>
    public IEnumerable<string> Problems(string where, double accuracy, double? robust, double? loss = null)
    {
        if (IsWrong(accuracy, Rows, Sums.Correct, Sums.Rows)) yield return Line(where, "accuracy", accuracy, Sums.Accuracy, Sums.Rows, Rows);
        if (loss is { } mean && Sums.Rows == Rows && mean != Sums.MeanLoss) yield return Line(where, "loss", mean, Sums.MeanLoss, Sums.Rows, Rows);
        if (robust is null != (AttackedRows == 0))
            yield return $"{where}: {(robust is null ? "a robust accuracy is missing" : "there is a robust accuracy, but no attack")}";
        else if (robust is { } share && IsWrong(share, AttackedRows, Sums.Robust, Sums.AttackedRows))
            yield return Line(where, "robust accuracy", share, Sums.RobustAccuracy ?? 0, Sums.AttackedRows, AttackedRows);
    }

    /// <summary>Whether a share of all rows cannot be, or hardly, when a sample of them has so many.</summary>
    internal static bool IsWrong(double recorded, int all, int found, int sampled)
    {
        if (sampled == 0) return false;
        if (sampled == all) return recorded != (double)found / all;
        var count = (long)Math.Round(recorded * all);
        if (recorded != (double)count / all || count < found || all - count < sampled - found) return true;
        var variance = sampled * recorded * (1 - recorded) * (all - sampled) / Math.Max(1, all - 1);
        return Math.Abs(found - (sampled * recorded)) > 1 + (MostDeviations * Math.Sqrt(variance));
    }

    private static string Line(string where, string what, double recorded, double found, int sampled, int all) =>
        FormattableString.Invariant($"{where}: {what} is recorded as {recorded:R}, measured again it is {found:R}")
        + (sampled == all ? "" : FormattableString.Invariant($" on {sampled} of {all} rows"));
}

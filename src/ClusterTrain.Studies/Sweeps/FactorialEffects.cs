
namespace ClusterTrain.Studies.Sweeps;

/// <summary>What a change of level does, over seeds.</summary>
/// <param name="Measure">What is affected.</param>
/// <param name="Factors">One for a main effect, two for their interaction.</param>
/// <param name="Meaning">From which level to which.</param>
/// <param name="Effect">Over the seeds that have a result in every cell.</param>
public sealed record FactorialEffect(string Measure, IReadOnlyList<string> Factors, string Meaning, MeanInterval Effect);

/// <summary>
/// Effects in a full factorial (Box, Hunter and Hunter 2005, chapter 5). The main effect of a factor of two levels is the
/// mean of all cells with its second level less the mean of those with its first; the interaction of two is half of how
/// much the effect of one changes with the other. Each seed gives one value, since its runs share initial weights and
/// the order of rows: cells are compared within a seed, and the interval is over seeds.
/// </summary>
internal static class FactorialEffects
{
    /// <summary>Effects of factors with two levels, and of pairs of such, on one measure.</summary>
    public static IReadOnlyList<FactorialEffect> Of(Study study, IReadOnlyList<IReadOnlyList<StudyOutcome?>> outcomes, StudyMeasure measure)
    {
        var values = Complete(study, outcomes, measure);
        if (values.Count == 0 || study.Factors.Count == 0)
            return [];
        var twos = study.Factors.Index().Where(factor => factor.Item.Levels.Count == 2).Select(factor => factor.Index).ToList();
        var pairs = twos.SelectMany((a, i) => twos.Skip(i + 1).Select(b => new[] { a, b }));
        return [.. twos.Select(factor => new[] { factor }).Concat(pairs).Select(factors => new FactorialEffect(
            measure.Name,
            [.. factors.Select(factor => study.Factors[factor].Name)],
            string.Join(" x ", factors.Select(factor => $"{study.Factors[factor].Name}: {study.Factors[factor].Levels[0]} to {study.Factors[factor].Levels[1]}")),
            MeanInterval.Of([.. values.Select(cells => Contrast(study, cells, factors))])!))];
    }

    /// <summary>Sum of the cells, each with the product of its factors' signs, over half their number.</summary>
    private static double Contrast(Study study, double[] cells, int[] factors)
    {
        var sum = 0.0;
        for (var cell = 0; cell < cells.Length; cell++)
        {
            var sign = 1;
            foreach (var factor in factors)
                sign *= study.Cells[cell].Levels[factor] == study.Factors[factor].Levels[1] ? 1 : -1;
            sum += sign * cells[cell];
        }

        return sum / (cells.Length / 2.0);
    }

    /// <summary>For each seed that has a value in every cell, these values, [cells].</summary>
    private static List<double[]> Complete(Study study, IReadOnlyList<IReadOnlyList<StudyOutcome?>> outcomes, StudyMeasure measure) =>
    [
        .. Enumerable.Range(0, study.Seeds.Count)
            .Select(seed => outcomes.Select(cell => cell[seed] is { } outcome ? measure.Of(outcome) : null).OfType<double>().ToArray())
            .Where(values => values.Length == study.Cells.Count),
    ];
}

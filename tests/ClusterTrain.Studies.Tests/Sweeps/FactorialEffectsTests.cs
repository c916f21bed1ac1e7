using ClusterTrain.Runs.Results;
using ClusterTrain.Studies.Loading;
using ClusterTrain.Studies.Sweeps;

namespace ClusterTrain.Studies.Tests.Sweeps;

public sealed class FactorialEffectsTests
{
    private static readonly StudyMeasure Test = StudyMeasure.Test;

    [Fact]
    public void Of_PlantedModel_FindsItsEffectsAndNothingElse()
    {
        // Levels as -1 and +1: a model of halves of the effects. Seeds differ by an offset, which no effect may see.
        var study = Study("a: { x: {}, y: {} }, b: { x: {}, y: {} }, c: { x: {}, y: {} }", seeds: 3);
        var outcomes = Outcomes(study, (levels, seed) =>
        {
            var (a, b, c) = (Sign(levels[0]), Sign(levels[1]), Sign(levels[2]));
            return 0.5 + (0.04 * a / 2) - (0.02 * b / 2) + (0.06 * a * c / 2) + (0.1 * seed);
        });

        var effects = FactorialEffects.Of(study, outcomes, Test).ToDictionary(effect => string.Join(' ', effect.Factors), effect => effect.Effect);

        Assert.Equal(["a", "b", "c", "a b", "a c", "b c"], effects.Keys);
        foreach (var (factors, expected) in new[] { ("a", 0.04), ("b", -0.02), ("c", 0), ("a b", 0), ("a c", 0.06), ("b c", 0) })
        {
            Assert.Equal(expected, effects[factors].Mean, 12);
            Assert.Equal(0, effects[factors].Margin!.Value, 12);
            Assert.Equal(3, effects[factors].Count);
        }
    }

    [Fact]
    public void Of_EffectThatDiffersBySeed_HasTheIntervalOfItsValues()
    {
        var study = Study("a: { x: {}, y: {} }", seeds: 3);
        var outcomes = Outcomes(study, (levels, seed) => levels[0] == "y" ? 0.1 * seed : 0);

        var effect = Assert.Single(FactorialEffects.Of(study, outcomes, Test));

        Assert.Equal("a: x to y", effect.Meaning);
        Assert.Equal(MeanInterval.Of([0.1, 0.2, 0.3])!.Mean, effect.Effect.Mean, 12);
        Assert.Equal(MeanInterval.Of([0.1, 0.2, 0.3])!.Margin!.Value, effect.Effect.Margin!.Value, 12);
    }

    [Fact]
    public void Of_FactorOfThreeLevels_IsAveragedOverAndHasNoEffectItself()
    {
        var study = Study("a: { x: {}, y: {}, z: {} }, b: { x: {}, y: {} }", seeds: 1);
        var outcomes = Outcomes(study, (levels, _) => (levels[0] == "z" ? 0.3 : 0) + (levels[1] == "y" ? 0.05 : 0));

        var effect = Assert.Single(FactorialEffects.Of(study, outcomes, Test));

        Assert.Equal(["b"], effect.Factors);
        Assert.Equal(0.05, effect.Effect.Mean, 12);
        Assert.Null(effect.Effect.Margin);
    }

    [Fact]
    public void Of_SeedThatFailedInOneCell_IsLeftOut()
    {
        var study = Study("a: { x: {}, y: {} }", seeds: 3);
        var outcomes = Outcomes(study, (levels, seed) => levels[0] == "y" && seed == 2 ? null : levels[0] == "y" ? 0.4 : 0.1);

        Assert.Equal((2, 0.3), (FactorialEffects.Of(study, outcomes, Test)[0].Effect.Count, Math.Round(FactorialEffects.Of(study, outcomes, Test)[0].Effect.Mean, 12)));
    }

    internal static Study Study(string factors, int seeds)
    {
        var result = SweepFile.Load(new($"seeds: [{string.Join(", ", Enumerable.Range(1, seeds))}]\nfactors: {{ {factors} }}", "s", _ => ""));
        Assert.Empty(result.Problems);
        return result.Study!;
    }

    private static int Sign(string level) => level == "y" ? 1 : -1;

    private static List<IReadOnlyList<StudyOutcome?>> Outcomes(Study study, Func<IReadOnlyList<string>, long, double?> value) =>
    [
        .. study.Cells.Select(cell => (IReadOnlyList<StudyOutcome?>)
        [
            .. study.Seeds.Select(seed => new StudyOutcome
            {
                Seed = seed, Folder = "", Status = RunStatus.Completed, TestAccuracy = value(cell.Levels, seed), TrainAccuracy = 0.9,
            }),
        ]),
    ];
}

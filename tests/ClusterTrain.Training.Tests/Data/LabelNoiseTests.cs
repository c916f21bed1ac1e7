using ClusterTrain.Training.Data;
using ClusterTrain.Training.Specs;

namespace ClusterTrain.Training.Tests.Data;

public sealed class LabelNoiseTests
{
    private const int Count = 10_000;
    private const int Classes = 10;
    private static readonly int[] Rows = [.. Enumerable.Range(0, Count)];
    private static readonly DataSpec Glyphs = new() { Train = 300, Validation = 100, Test = 50 };

    [Fact]
    public void Labels_Fraction0_AreTheTrueOnes() => Assert.Equal(Rows.Select(True), Noisy(0));

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.5)]
    [InlineData(1.0)]
    public void Labels_Fraction_ReplacesThatShareByAllClassesAlike(double fraction)
    {
        var labels = Noisy(fraction);

        // A drawn label is the true one in 1 of 10: a share of fraction * 0.9 differs, within 4 standard errors.
        var wrong = Rows.Count(row => labels[row] != True(row)) / (double)Count;
        var expected = fraction * 0.9;
        Assert.InRange(wrong, expected - (4 * Math.Sqrt(expected * (1 - expected) / Count)), expected + (4 * Math.Sqrt(expected * (1 - expected) / Count)));

        // Chi-squared with 9 degrees of freedom: above 33.7 once in 10,000.
        var counts = labels.CountBy(label => label).Select(pair => pair.Value).ToList();
        Assert.Equal(Classes, counts.Count);
        Assert.InRange(counts.Sum(count => (count - 1000.0) * (count - 1000.0) / 1000), 0, 33.7);
    }

    [Fact]
    public void Labels_LargerFraction_ReplacesTheSameAndMore()
    {
        var (few, many) = (Noisy(0.2), Noisy(0.6));

        Assert.All(Rows.Where(row => few[row] != True(row)), row => Assert.Equal(few[row], many[row]));
    }

    [Fact]
    public void Labels_OfSomeRows_AreThoseOfAll()
    {
        var all = Noisy(0.5);
        int[] some = [9_000, 17, 4];

        Assert.Equal(some.Select(row => all[row]), LabelNoise.Labels(some, True, Classes, 0.5, seed: 1));
    }

    [Fact]
    public void Labels_OtherSeed_AreOthers() => Assert.NotEqual(Noisy(0.5), Noisy(0.5, seed: 2));

    [Fact]
    public void Load_LabelNoise_ChangesTrainingLabelsAlone()
    {
        var (clean, noisy) = (Load(Glyphs), Load(Glyphs with { LabelNoise = 1 }));

        Assert.Equal(clean.Validation.Labels, noisy.Validation.Labels);
        Assert.Equal(clean.Test.Labels, noisy.Test.Labels);
        Assert.Equal(clean.Train.Inputs.Span, noisy.Train.Inputs.Span);
        var same = clean.Train.Labels.Zip(noisy.Train.Labels).Count(pair => pair.First == pair.Second);
        Assert.InRange(same, 10, 50);
        Assert.Equal(noisy.Train.Labels, Load(Glyphs with { LabelNoise = 1 }).Train.Labels);
    }

    [Fact]
    public void Hash_OtherNoise_Differs()
    {
        string[] hashes =
        [
            .. new[] { Glyphs, Glyphs with { LabelNoise = 0.5 }, Glyphs with { LabelNoise = 0.5, LabelNoiseSeed = 2 }, Glyphs with { Imbalance = 3 } }
                .Select(spec => Load(spec).Hash),
        ];

        Assert.Equal(hashes.Length, hashes.Distinct().Count());
    }

    private static byte[] Noisy(double fraction, long seed = 1) => LabelNoise.Labels(Rows, True, Classes, fraction, seed);

    private static byte True(int row) => (byte)(row % Classes);

    private static Dataset Load(DataSpec spec) => DatasetLoader.Load(spec, new DataLocations([]));
}

using ClusterTrain.Numerics.Randomness;
using FsCheck;
using FsCheck.Fluent;

namespace ClusterTrain.Numerics.Tests.Randomness;

public sealed class RandomStreamTests
{
    [Fact]
    public void Words_AnyPartOfTheKeyChanged_AreOtherWords()
    {
        const long Far = 1L << 32;
        RandomStream[] streams =
        [
            .. from seed in (long[])[0, 1, Far, -1]
               from purpose in (RandomPurpose[])[RandomPurpose.Initialization, RandomPurpose.Dropout, RandomPurpose.Audit]
               from step in (long[])[0, 1, 255, Far, (1L << 40) - 1]
               from shard in (int[])[0, 1, int.MaxValue]
               from layer in (int[])[0, 1, 256, 0xFFFF]
               select new RandomStream(seed, purpose, step, shard, layer),
        ];

        Assert.Equal(streams.Length, streams.Select(stream => (stream.Word(0), stream.Word(1))).Distinct().Count());
    }

    [Fact]
    public void Words_NeighbouringStreams_AreUncorrelated()
    {
        const int Count = 20_000;
        var stream = new RandomStream(1, RandomPurpose.Dropout, 5, 2, 1);
        RandomStream[] others =
        [
            new(2, RandomPurpose.Dropout, 5, 2, 1), new(1, RandomPurpose.AttackStart, 5, 2, 1),
            new(1, RandomPurpose.Dropout, 6, 2, 1), new(1, RandomPurpose.Dropout, 5, 3, 1),
            new(1, RandomPurpose.Dropout, 5, 2, 2),
        ];
        foreach (var other in others)
        {
            var sum = 0.0;
            for (var i = 0; i < Count; i++)
                sum += (stream.Uniform(i) - 0.5) * (other.Uniform(i) - 0.5) * 12;
            Assert.InRange(sum / Math.Sqrt(Count), -4, 4);
        }
    }

    [Fact]
    public void FillUniform_AnyOffsetAndLength_EqualsTheSingleNumbers() =>
        Prop.ForAll(
            Gen.Choose(0, 1 << 20).Zip(Gen.Choose(0, 50)).ToArbitrary(),
            pick =>
            {
                var stream = new RandomStream(9, RandomPurpose.AttackStart, 3, 1, 2);
                var numbers = new float[pick.Item2];
                stream.FillUniform(numbers, 0f, 1f, pick.Item1);
                for (var i = 0; i < numbers.Length; i++)
                    Assert.Equal(stream.Uniform(pick.Item1 + (long)i), numbers[i]);
            }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));

    [Fact]
    public void FillUniform_Range_ScalesTheUnitNumbers()
    {
        var stream = new RandomStream(9, RandomPurpose.AttackStart);
        var numbers = new float[1000];
        stream.FillUniform(numbers, -3f, 5f, 7);
        for (var i = 0; i < numbers.Length; i++)
            Assert.Equal(-3f + (8f * stream.Uniform(i + 7)), numbers[i]);
        Assert.True(numbers.Min() < -2.9f && numbers.Max() > 4.9f);
    }

    [Fact]
    public void Uniform_ManyNumbers_FillTheirBinsEvenly() =>
        AssertEven(64, 64_000, (stream, i) => (int)(stream.Uniform(i) * 64));

    [Fact]
    public void LowBitsOfWords_ManyNumbers_FillTheirBinsEvenly() =>
        AssertEven(64, 64_000, (stream, i) => (int)(stream.Word(i) & 63));

    [Fact]
    public void Integer_ManyNumbers_FillTheirBinsEvenly() =>
        AssertEven(7, 70_000, (stream, i) => stream.Integer(i, 7));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1000)]
    [InlineData(int.MaxValue)]
    public void Integer_AnyBound_StaysBelowIt(int bound)
    {
        var stream = new RandomStream(3, RandomPurpose.Split);
        var numbers = Enumerable.Range(0, 5000).Select(i => stream.Integer(i, bound)).ToArray();

        Assert.All(numbers, number => Assert.InRange(number, 0, bound - 1));
        Assert.True(numbers.Max() >= (bound - 1) * 0.99);
    }

    [Fact]
    public void Constructor_OutsideTheCountersFields_Refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomStream(0, RandomPurpose.Dropout, step: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomStream(0, RandomPurpose.Dropout, step: 1L << 40));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomStream(0, RandomPurpose.Dropout, shard: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomStream(0, RandomPurpose.Dropout, layer: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomStream(0, RandomPurpose.Dropout, layer: 0x10000));
    }

    // Pearson's chi-square, 4.5 standard deviations around its mean, both ways: too even is not random either.
    private static void AssertEven(int bins, int count, Func<RandomStream, int, int> bin)
    {
        var stream = new RandomStream(20240601, RandomPurpose.Audit, 1, 2, 3);
        var counts = new int[bins];
        for (var i = 0; i < count; i++)
            counts[bin(stream, i)]++;
        var expected = (double)count / bins;
        var chiSquare = counts.Sum(c => (c - expected) * (c - expected) / expected);
        var freedom = bins - 1;
        var spread = 4.5 * Math.Sqrt(2.0 * freedom);
        Assert.InRange(chiSquare, Math.Max(freedom / 20.0, freedom - spread), freedom + spread);
    }
}

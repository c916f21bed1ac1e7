using ClusterTrain.Training.State;
using FsCheck;
using FsCheck.Fluent;

namespace ClusterTrain.Training.Tests.State;

public sealed class StateFingerprintTests
{
    [Fact]
    public void OfRow_OneBitChanged_AlwaysChangesBothHalves()
    {
        var places =
            from length in Gen.Choose(1, 2500)
            from index in Gen.Choose(0, length - 1)
            from bit in Gen.Choose(0, 31)
            from seed in Gen.Choose(0, 1000)
            select (length, index, bit, seed);
        Prop.ForAll(places.ToArbitrary(), place =>
        {
            var values = Values(place.length, place.seed);
            var before = StateFingerprint.OfRow(1, 77, values);
            values[place.index] = BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(values[place.index]) ^ (1u << place.bit));
            var after = StateFingerprint.OfRow(1, 77, values);
            Assert.NotEqual(before.First, after.First);
            Assert.NotEqual(before.Second, after.Second);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(17)]
    [InlineData(1023)]
    [InlineData(1025)]
    public void OfRow_LastValueOfAnyLength_Counts(int length)
    {
        var values = Values(length, 1);
        var before = StateFingerprint.OfRow(0, 0, values);
        values[^1] = -values[^1];

        Assert.NotEqual(before, StateFingerprint.OfRow(0, 0, values));
    }

    [Fact]
    public void OfRow_DividedAtSegments_IsTheSumOfItsParts()
    {
        var values = Values(3000, 2);
        var parts = StateFingerprint.OfRow(0, 2048, values.AsSpan(2048))
            + StateFingerprint.OfRow(0, 0, values.AsSpan(0, 1024)) + StateFingerprint.OfRow(0, 1024, values.AsSpan(1024, 1024));

        Assert.Equal(StateFingerprint.OfRow(0, 0, values), parts);
    }

    [Fact]
    public void Sum_RowsInAnyOrder_IsTheSame()
    {
        var rows = Enumerable.Range(0, 40).Select(row => StateFingerprint.OfRow(row % 3, row * 13, Values(13, row))).ToList();
        var sum = rows.Aggregate(StateFingerprint.Add);

        for (var seed = 0; seed < 10; seed++)
        {
            var random = new Random(seed);
            Assert.Equal(sum, rows.OrderBy(_ => random.Next()).Aggregate(StateFingerprint.Add));
        }
    }

    [Fact]
    public void OfRow_SameValuesInAnotherPlaceOrSlot_AreAnotherState()
    {
        var values = Values(10, 3);

        StateFingerprint[] prints =
        [
            StateFingerprint.OfRow(0, 0, values), StateFingerprint.OfRow(1, 0, values),
            StateFingerprint.OfRow(0, 10, values), StateFingerprint.OfRow(2, 10, values),
        ];

        Assert.Equal(4, prints.Distinct().Count());
    }

    [Fact]
    public void Sum_TwoRowsSwapped_IsAnotherState()
    {
        var (a, b) = (Values(8, 4), Values(8, 5));

        Assert.NotEqual(
            StateFingerprint.OfRow(0, 0, a) + StateFingerprint.OfRow(0, 8, b),
            StateFingerprint.OfRow(0, 0, b) + StateFingerprint.OfRow(0, 8, a));
    }

    [Fact]
    public void OfRow_SignOfZero_Counts() =>
        Assert.NotEqual(StateFingerprint.OfRow(0, 0, [0f, 0f]), StateFingerprint.OfRow(0, 0, [0f, -0f]));

    // Pinned: ledgers are compared between machines and versions, whatever the width of their vectors.
    [Fact]
    public void OfRow_KnownRow_KeepsItsFingerprintForGood() => Assert.Equal(
        "86af3b0b38e7c27b5613852c1812e2d7", StateFingerprint.OfRow(1, 5, [.. Enumerable.Range(0, 1500).Select(i => i / 7f)]).ToString());

    private static float[] Values(int length, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() + 0.5f)];
    }
}

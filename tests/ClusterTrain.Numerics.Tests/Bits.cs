namespace ClusterTrain.Numerics.Tests;

/// <summary>Equality to the bit.</summary>
internal static class Bits
{
    /// <summary>Fails at the first element whose bits differ; NaN equals NaN whatever its payload.</summary>
    public static void AssertEqual(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            if (!Same(expected[i], actual[i]))
                Assert.Fail($"{what}: element {i} is {actual[i]:R} instead of {expected[i]:R}");
        }
    }

    public static bool Same(float left, float right) =>
        BitConverter.SingleToInt32Bits(left) == BitConverter.SingleToInt32Bits(right)
        || (float.IsNaN(left) && float.IsNaN(right));
}

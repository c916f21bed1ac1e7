namespace ClusterTrain.Training.Tests.Golden;

/// <summary>Comparison of float32 results with golden ones that were computed in float64.</summary>
public static class Agreement
{
    /// <summary>
    /// Each element satisfies <c>|a - e| &lt;= relative * max(|e|, scale)</c>. The scale is the root mean square of the
    /// expected tensor: an element that is small because large terms cancelled carries the rounding of those terms, whose
    /// size the whole tensor shows, so a purely relative bound would refuse correct code; while a wrong formula changes
    /// elements of the tensor's typical size and is found.
    /// </summary>
    /// <param name="scale">Overrides the root mean square; 0 for tensors whose elements differ by orders of magnitude.</param>
    public static void ShouldAgree(
        ReadOnlySpan<float> actual, ReadOnlySpan<float> expected, double relative = 1e-5, double? scale = null)
    {
        Assert.Equal(expected.Length, actual.Length);
        var floor = scale ?? RootMeanSquare(expected);
        for (var i = 0; i < expected.Length; i++)
        {
            var difference = Math.Abs((double)actual[i] - expected[i]);
            var allowed = relative * Math.Max(Math.Abs((double)expected[i]), floor);
            // Written so that NaN fails.
            Assert.True(
                difference <= allowed,
                $"element {i}: {actual[i]:R} is not {expected[i]:R}: off by {difference:E2}, allowed {allowed:E2}");
        }
    }

    private static double RootMeanSquare(ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        foreach (var value in values)
            sum += (double)value * value;
        return values.IsEmpty ? 0 : Math.Sqrt(sum / values.Length);
    }
}

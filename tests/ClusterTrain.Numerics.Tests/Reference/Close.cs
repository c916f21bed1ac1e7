namespace ClusterTrain.Numerics.Tests.Reference;

/// <summary>Comparison of float32 results with double-precision ones.</summary>
internal static class Close
{
    /// <summary>
    /// Each element is off by at most <paramref name="relative"/> times itself or the root mean square of all, whichever
    /// is larger: small elements carry the rounding of the large terms that cancelled in them. NaN fails.
    /// </summary>
    /// <param name="floor">Allowed in any case: the rounding of terms that cancel wholly.</param>
    public static void AssertEqual(
        ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, double relative, string what, double floor = 0)
    {
        Assert.Equal(expected.Length, actual.Length);
        var squares = 0.0;
        foreach (var value in expected)
            squares += value * value;
        var scale = expected.IsEmpty ? 0 : Math.Sqrt(squares / expected.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            var allowed = Math.Max(floor, relative * Math.Max(Math.Abs(expected[i]), scale));
            if (!(Math.Abs(actual[i] - expected[i]) <= allowed))
                Assert.Fail($"{what}: element {i} is {actual[i]:R} instead of {expected[i]:R}, allowed {allowed:E2} off");
        }
    }
}

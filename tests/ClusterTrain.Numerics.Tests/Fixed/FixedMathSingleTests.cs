using System.Runtime.Intrinsics;
using ClusterTrain.Numerics.Fixed;

namespace ClusterTrain.Numerics.Tests.Fixed;

public sealed class FixedMathSingleTests
{
    [Fact]
    public void Exp_DenseSweep_WithinStatedError() =>
        AssertSweep(FixedMath.Exp, Math.Exp, Sweep(-104.5f, 89f, 1_500_000).Concat(AroundZero()), 1.1);

    [Fact]
    public void Log_DenseSweepOverAllExponents_WithinStatedError() =>
        AssertSweep(FixedMath.Log, Math.Log, EveryNthPositive(1543).Concat(Sweep(0.5f, 2f, 500_000)), 0.9);

    [Theory]
    [InlineData(float.NegativeInfinity, 0f)]
    [InlineData(-1e30f, 0f)]
    [InlineData(-104f, 0f)]
    [InlineData(-103.9f, float.Epsilon)]
    [InlineData(0f, 1f)]
    [InlineData(float.Epsilon, 1f)]
    [InlineData(88.8f, float.PositiveInfinity)]
    [InlineData(1e30f, float.PositiveInfinity)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(float.NaN, float.NaN)]
    public void Exp_Edges_AreExact(float x, float expected) =>
        Bits.AssertEqual([expected], [FixedMath.Exp(x)], $"exp {x}");

    [Theory]
    [InlineData(0f, float.NegativeInfinity)]
    [InlineData(1f, 0f)]
    [InlineData(-float.Epsilon, float.NaN)]
    [InlineData(float.NegativeInfinity, float.NaN)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(float.NaN, float.NaN)]
    public void Log_Edges_AreExact(float x, float expected) =>
        Bits.AssertEqual([expected], [FixedMath.Log(x)], $"log {x}");

    [Fact]
    public void ExpAndLog_NegativeZero_AsZero()
    {
        Assert.Equal(1f, FixedMath.Exp(-0f));
        Assert.Equal(float.NegativeInfinity, FixedMath.Log(-0f));
    }

    [Fact]
    public void Exp_EveryWidth_SameBitsAsScalar() => AssertWidths(
        FixedMath.Exp, FixedMath.Exp, FixedMath.Exp, FixedMath.Exp, [.. AnyBits(48_000), .. Sweep(-105f, 90f, 48_000)]);

    [Fact]
    public void Log_EveryWidth_SameBitsAsScalar() => AssertWidths(
        FixedMath.Log, FixedMath.Log, FixedMath.Log, FixedMath.Log, [.. AnyBits(48_000), .. EveryNthPositive(50_000)]);

    private static void AssertSweep(
        Func<float, float> actual, Func<double, double> reference, IEnumerable<float> xs, double allowedUlp)
    {
        var (worst, where) = (0d, 0f);
        foreach (var x in xs)
        {
            var expected = reference(x);
            var got = actual(x);
            if (float.IsInfinity((float)expected))
            {
                Assert.Equal((float)expected, got);
                continue;
            }

            var near = Math.Abs((float)expected);
            var error = Math.Abs(got - expected) / (MathF.BitIncrement(near) - (double)near);
            if (!(error <= worst))
                (worst, where) = (error, x);
        }

        Assert.True(worst <= allowedUlp, $"{worst:F3} ulp at {where:R}");
    }

    private static void AssertWidths(
        Func<float, float> scalar,
        Func<Vector128<float>, Vector128<float>> by4,
        Func<Vector256<float>, Vector256<float>> by8,
        Func<Vector512<float>, Vector512<float>> by16,
        float[] xs)
    {
        for (var i = 0; i + 16 <= xs.Length; i += 16)
        {
            var x = xs.AsSpan(i, 16);
            var expected = new float[16];
            for (var lane = 0; lane < 16; lane++)
                expected[lane] = scalar(x[lane]);
            var wide = new float[16];
            by16(Vector512.Create<float>(x)).CopyTo(wide);
            Bits.AssertEqual(expected, wide, "512");
            by8(Vector256.Create<float>(x)).CopyTo(wide);
            Bits.AssertEqual(expected.AsSpan(0, 8), wide.AsSpan(0, 8), "256");
            by4(Vector128.Create<float>(x)).CopyTo(wide);
            Bits.AssertEqual(expected.AsSpan(0, 4), wide.AsSpan(0, 4), "128");
        }
    }

    private static IEnumerable<float> Sweep(float low, float high, int count)
    {
        for (var i = 0; i <= count; i++)
            yield return (float)(low + (((double)high - low) * i / count));
    }

    private static IEnumerable<float> AroundZero()
    {
        for (var x = 1f; x > 1e-12f; x *= 0.999f)
        {
            yield return x;
            yield return -x;
        }
    }

    private static IEnumerable<float> EveryNthPositive(int step)
    {
        for (long bits = 1; bits < 0x7F800000; bits += step)
            yield return BitConverter.Int32BitsToSingle((int)bits);
    }

    private static IEnumerable<float> AnyBits(int count)
    {
        var random = new Random(3);
        for (var i = 0; i < count; i++)
            yield return BitConverter.Int32BitsToSingle((int)random.NextInt64(int.MinValue, int.MaxValue));
    }
}

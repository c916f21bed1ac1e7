using ClusterTrain.Numerics.Limits;
using ClusterTrain.Numerics.Tensors;

namespace ClusterTrain.Training.Benchmarks;

/// <summary>What one core of this machine can do at the most, measured.</summary>
/// <param name="FlopsPerSecond">Fused multiply-adds in registers, two operations each.</param>
/// <param name="BytesPerSecond">Copying memory far larger than the caches; read and written bytes both count.</param>
public sealed record MachineLimits(double FlopsPerSecond, double BytesPerSecond)
{
    private const long FmaRounds = 2_000_000;
    private const int CopyFloats = 32 << 20;

    public static MachineLimits Measure(Sampler sampler)
    {
        var flops = 0L;
        var compute = sampler.Seconds(() => flops = FmaPeak.Run(FmaRounds, out _));
        var (from, to) = (new AlignedBuffer(CopyFloats), new AlignedBuffer(CopyFloats));
        var copy = sampler.Seconds(() => from.Span.CopyTo(to.Span));
        return new MachineLimits(flops / compute, 2.0 * sizeof(float) * CopyFloats / copy);
    }
}

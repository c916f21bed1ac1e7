namespace ClusterTrain.Training.Benchmarks;

/// <summary>Times work: warm-up, then the median of several samples, each long enough for the clock.</summary>
public sealed class Sampler(TimeProvider time, int samples = 9, double sampleSeconds = 0.15)
{
    /// <summary>Seconds of one call, median over samples.</summary>
    public double Seconds(Action work)
    {
        work();
        var calls = Math.Max(1, (int)(sampleSeconds / Math.Max(Once(work, 1), 1e-9)));
        // The second warm-up is at full length: by then the code has been compiled for speed.
        Once(work, calls);
        var seconds = Enumerable.Range(0, samples).Select(_ => Once(work, calls) / calls).Order().ToArray();
        return seconds[seconds.Length / 2];
    }

    private double Once(Action work, int calls)
    {
        var start = time.GetTimestamp();
        for (var call = 0; call < calls; call++) work();
        return time.GetElapsedTime(start).TotalSeconds;
    }
}

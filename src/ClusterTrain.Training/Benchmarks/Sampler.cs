namespace ClusterTrain.Training.Benchmarks;

/// <summary>Times work: warm-up until it gets no faster, then the median of several samples, each long enough for the clock.</summary>
public sealed class Sampler(TimeProvider time, int samples = 9, double sampleSeconds = 0.15, int windows = 8)
{
    // A call this long is a sample that noise does not hide; nine of them would take minutes.
    private const double LongSeconds = 1;

    // Code is compiled for speed by a thread beside, which on one processor comes late: until a window brings nothing more.
    private const int Window = 5;
    private const double Gain = 0.99;

    /// <summary>Seconds of one call, median over samples.</summary>
    public double Seconds(Action work)
    {
        work();
        var once = Once(work, 1);
        var calls = Math.Max(1, (int)(sampleSeconds / Math.Max(once, 1e-9)));
        // The second warm-up is at full length.
        Once(work, calls);
        if (once <= LongSeconds) WarmUp(work, calls);
        var seconds = Enumerable.Range(0, once > LongSeconds ? Math.Min(samples, 3) : samples).Select(_ => Once(work, calls) / calls).Order().ToArray();
        return seconds[seconds.Length / 2];
    }

    private void WarmUp(Action work, int calls)
    {
        var before = double.PositiveInfinity;
        for (var window = 0; window < windows; window++)
        {
            var best = Enumerable.Range(0, Window).Min(_ => Once(work, calls));
            if (best > before * Gain) return;
            before = best;
        }
    }

    private double Once(Action work, int calls)
    {
        var start = time.GetTimestamp();
        for (var call = 0; call < calls; call++) work();
        return time.GetElapsedTime(start).TotalSeconds;
    }
}

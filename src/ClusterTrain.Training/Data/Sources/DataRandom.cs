namespace ClusterTrain.Training.Data.Sources;

/// <summary>
/// Random numbers that belong to the data and never to a run: draw d of a stream is a hash of (seed, stream, d) in
/// integer arithmetic alone (the finalizer of SplitMix64), the same on every machine and for every run seed.
/// </summary>
/// <remarks>Changing a constant here changes the built-in data set and every split: tests pin both.</remarks>
internal struct DataRandom(ulong seed, ulong stream)
{
    private const ulong Weyl = 0x9E3779B97F4A7C15;
    private readonly ulong _key = Mix(seed ^ Mix(stream + Weyl));
    private ulong _draw;

    public ulong Next() => Mix(_key + (++_draw * Weyl));

    /// <summary>In [0, 1), a multiple of 2^-53.</summary>
    public double Uniform() => (Next() >> 11) * (1.0 / (1UL << 53));

    public double Between(double low, double high) => low + ((high - low) * Uniform());

    /// <summary>In [0, count); the bias of taking the product's upper half is below count / 2^64.</summary>
    public int Below(int count) => (int)Math.BigMul(Next(), (ulong)count, out _);

    /// <summary>Mean 0, deviation 1, within 3.47 of 0: the sum of four 16-bit uniforms, nearly a bell.</summary>
    public double Bell()
    {
        const double sqrt3 = 1.7320508075688772;
        var bits = Next();
        var sum = (bits & 0xFFFF) + ((bits >> 16) & 0xFFFF) + ((bits >> 32) & 0xFFFF) + (bits >> 48);
        return (((sum + 2) / 65536.0) - 2) * sqrt3;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

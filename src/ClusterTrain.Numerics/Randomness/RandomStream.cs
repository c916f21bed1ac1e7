namespace ClusterTrain.Numerics.Randomness;

/// <summary>
/// An endless row of random numbers, a pure function of (seed, purpose, step, shard, layer) and an index. Knows no
/// worker, thread or clock: who draws, when, and in what order cannot change a number.
/// </summary>
public readonly record struct RandomStream
{
    private const int MaxLayer = 0xFFFF;
    private const long MaxStep = (1L << 40) - 1;

    private readonly ulong _key;
    private readonly uint _word1;
    private readonly uint _word2;
    private readonly uint _word3;

    /// <param name="seed">The run's seed.</param>
    /// <param name="purpose">What the numbers are for.</param>
    /// <param name="step">Step or epoch, 0 to 2^40 - 1.</param>
    /// <param name="shard">Shard of the step, 0 or more.</param>
    /// <param name="layer">Layer, or restart of an attack: 0 to 65,535.</param>
    public RandomStream(long seed, RandomPurpose purpose, long step = 0, int shard = 0, int layer = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(step, MaxStep);
        ArgumentOutOfRangeException.ThrowIfNegative(shard);
        ArgumentOutOfRangeException.ThrowIfNegative(layer);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(layer, MaxLayer);
        _key = (ulong)seed;
        _word1 = (uint)step;
        _word2 = (uint)shard;
        _word3 = ((uint)purpose << 24) | ((uint)layer << 8) | (uint)(step >> 32);
    }

    /// <summary>Word <paramref name="index"/> of the stream, uniform over all 32-bit values; 0 to 2^34 - 1.</summary>
    public uint Word(long index)
    {
        var block = Block((uint)(index >> 2));
        return (index & 3) switch
        {
            0 => block.Word0,
            1 => block.Word1,
            2 => block.Word2,
            _ => block.Word3,
        };
    }

    /// <summary>Words 4 <paramref name="block"/> to 4 <paramref name="block"/> + 3 of the stream.</summary>
    public PhiloxBlock Block(uint block) => Philox4x32.Generate(new PhiloxBlock(block, _word1, _word2, _word3), _key);

    /// <summary>Number <paramref name="index"/>, uniform in [0, 1) in steps of 2^-24.</summary>
    public float Uniform(long index) => ToUniform(Word(index));

    /// <summary>Integer <paramref name="index"/>, uniform in [0, bound) up to a bias below 2^-32.</summary>
    public int Integer(long index, int bound)
    {
        var block = Block((uint)index);
        var wide = ((ulong)block.Word0 << 32) | block.Word1;
        return (int)Math.BigMul(wide, (ulong)bound, out _);
    }

    /// <summary>Fills with numbers uniform in [low, high), from number <paramref name="first"/> of the stream on.</summary>
    public void FillUniform(Span<float> target, float low, float high, long first = 0)
    {
        var range = high - low;
        for (var i = 0; i < target.Length;)
        {
            var index = first + i;
            var block = Block((uint)(index >> 2));
            for (var lane = (int)(index & 3); lane < 4 && i < target.Length; lane++, i++)
            {
                var word = lane switch { 0 => block.Word0, 1 => block.Word1, 2 => block.Word2, _ => block.Word3 };
                target[i] = low + (range * ToUniform(word));
            }
        }
    }

    private static float ToUniform(uint word) => (word >> 8) * (1f / (1 << 24));
}

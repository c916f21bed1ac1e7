namespace ClusterTrain.Numerics.Layers.Convolution;

/// <summary>
/// The positions of a map of outputs as whole vectors, each of which reads whole vectors of padded maps. Where rows are whole vectors
/// these are the vectors; else rows are taken as they follow one another in the padded map, and what falls between two of
/// them is worked out and thrown away.
/// </summary>
internal sealed class VectorPlaces
{
    /// <param name="height">Of the map of outputs.</param>
    /// <param name="width">Of the map of outputs.</param>
    /// <param name="pitch">Floats from a row of the padded maps to the next.</param>
    /// <param name="lanes">Floats of a vector.</param>
    public VectorPlaces(int height, int width, int pitch, int lanes)
    {
        (Height, Width, Pitch) = (height, width, pitch);
        IsExact = width % lanes == 0;
        var vectors = Vectors(height, width, pitch, lanes);
        Offsets = new int[vectors];
        for (var i = 0; i < vectors; i++)
            Offsets[i] = IsExact ? (i * lanes / width * pitch) + (i * lanes % width) : i * lanes;
        Floats = vectors * lanes;
    }

    public int Height { get; }

    public int Width { get; }

    public int Pitch { get; }

    /// <summary>Whether outputs follow one another as the vectors do.</summary>
    public bool IsExact { get; }

    /// <summary>Where each vector begins in a padded map, for the first tap.</summary>
    public int[] Offsets { get; }

    /// <summary>Floats of all vectors.</summary>
    public int Floats { get; }

    /// <summary>Share of the lanes that are outputs.</summary>
    public static double Share(int height, int width, int pitch, int lanes) =>
        (double)(height * width) / (Vectors(height, width, pitch, lanes) * lanes);

    /// <summary>Takes the outputs out of their vectors.</summary>
    /// <param name="vectors">[maps, <see cref="Floats"/>].</param>
    /// <param name="maps">[maps, height, width].</param>
    public void Compact(ReadOnlySpan<float> vectors, Span<float> maps)
    {
        for (var (from, to) = (0, 0); to < maps.Length; from += Floats)
            for (var row = 0; row < Height; row++, to += Width)
                vectors.Slice(from + (row * Pitch), Width).CopyTo(maps[to..]);
    }

    private static int Vectors(int height, int width, int pitch, int lanes) =>
        width % lanes == 0 ? height * width / lanes : ((height - 1) * pitch + width + lanes - 1) / lanes;
}

namespace ClusterTrain.Numerics.Products;

/// <summary>B as a product gets it: already packed, or to be packed panel by panel just before it is used.</summary>
internal readonly unsafe struct RightFactor
{
    public RightFactor(float* panels) => Panels = panels;

    public RightFactor(PanelSource source) => Source = source;

    /// <summary>All panels, in the layout of <see cref="TiledLoop"/>, or null.</summary>
    public float* Panels { get; }

    /// <summary>What to pack when <see cref="Panels"/> is null.</summary>
    public PanelSource Source { get; }
}

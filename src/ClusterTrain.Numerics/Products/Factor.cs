namespace ClusterTrain.Numerics.Products;

/// <summary>A factor as a product gets it: already packed, or to be packed just before it is used.</summary>
internal readonly unsafe struct Factor
{
    public Factor(float* panels) => Panels = panels;

    public Factor(in PanelSource source) => Source = source;

    /// <summary>All panels, in the layout of the tiled loop, or null.</summary>
    public float* Panels { get; }

    /// <summary>What to pack when <see cref="Panels"/> is null.</summary>
    public PanelSource Source { get; }
}

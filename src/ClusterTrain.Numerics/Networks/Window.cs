namespace ClusterTrain.Numerics.Networks;

/// <summary>A square window that moves over a map in both directions alike: a convolution's kernel, a pooling's block.</summary>
/// <param name="Size">Side of the square, 1 or more.</param>
/// <param name="Stride">Positions from one place of the window to the next, 1 or more.</param>
/// <param name="Padding">Rows and columns of zeros around the map, 0 or more.</param>
public readonly record struct Window(int Size, int Stride, int Padding)
{
    /// <summary>Positions under the window.</summary>
    public int Area => Size * Size;

    /// <summary>Whether the window has a place in the padded map.</summary>
    public bool Fits(MapShape map) =>
        Size <= map.Height + (2 * Padding) && Size <= map.Width + (2 * Padding);

    /// <summary>Why the window cannot move over a map, and what could; null when it can.</summary>
    /// <param name="name">The layer's.</param>
    /// <param name="size">What the layer calls the window: <c>a kernel</c>, <c>blocks</c>.</param>
    public string? Problem(MapShape map, string name, string size)
    {
        var side = Math.Min(map.Height, map.Width);
        if (!Fits(map))
        {
            var padded = Padding > 0 ? "padded " : "";
            return $"{name} has {size} of {Size} x {Size}, larger than the {padded}map of {map.Height + (2 * Padding)} x "
                + $"{map.Width + (2 * Padding)} it reads; allowed here: 1 to {side + (2 * Padding)}";
        }

        return Stride <= side ? null
            : $"{name} has a stride of {Stride}, larger than the map of {map.Height} x {map.Width} it reads; allowed here: 1 to {side}";
    }

    /// <summary>Places of the window along a side.</summary>
    public int Places(int side) => ((side + (2 * Padding) - Size) / Stride) + 1;

    /// <summary>What the window makes of a map, with <paramref name="channels"/> channels.</summary>
    public MapShape Over(MapShape map, int channels) => new(channels, Places(map.Height), Places(map.Width));
}

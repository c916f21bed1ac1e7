namespace ClusterTrain.Numerics.Augmentation;

/// <summary>From how wide a range each picture's random change is drawn. Everything is off as long as nothing is set.</summary>
public sealed record AugmentationRanges
{
    /// <summary>Share of rows that are changed at all, 0 to 1.</summary>
    public double Probability { get; init; } = 1;

    /// <summary>Largest angle either way, in degrees.</summary>
    public double Rotation { get; init; }

    /// <summary>Smallest magnification; below 1 the picture shrinks.</summary>
    public double ScaleMin { get; init; } = 1;

    /// <summary>Largest magnification.</summary>
    public double ScaleMax { get; init; } = 1;

    /// <summary>Largest shift either way along each axis, in pixels and fractions of them.</summary>
    public double Shift { get; init; }

    /// <summary>Largest horizontal shear either way: pixels to the side for each pixel down.</summary>
    public double Shear { get; init; }

    /// <summary>Pixels of zeros around the picture before a part of the old size is cut out at a random place.</summary>
    public int Crop { get; init; }

    /// <summary>Whether left and right are exchanged in every second row, at random.</summary>
    public bool FlipHorizontal { get; init; }

    /// <summary>Whether top and bottom are.</summary>
    public bool FlipVertical { get; init; }

    /// <summary>Largest relative change of every value, either way: 0.2 is +-20%.</summary>
    public double Brightness { get; init; }

    /// <summary>Largest relative change of every value's distance from the picture's mean.</summary>
    public double Contrast { get; init; }

    /// <summary>Largest relative change of every colour's distance from its grey; pictures of three channels only.</summary>
    public double Saturation { get; init; }

    /// <summary>Standard deviation of Gaussian noise on every value.</summary>
    public double Noise { get; init; }

    /// <summary>Side of a square of zeros at a random place, in pixels; 0 is none.</summary>
    public int Cutout { get; init; }

    /// <summary>Whether places of pixels can change.</summary>
    public bool IsGeometric =>
        Rotation > 0 || ScaleMin != 1 || ScaleMax != 1 || Shift > 0 || Shear > 0 || Crop > 0 || FlipHorizontal || FlipVertical;

    /// <summary>Whether values of pixels can change where they are.</summary>
    public bool IsPhotometric => Brightness > 0 || Contrast > 0 || Saturation > 0 || Noise > 0;

    /// <summary>Whether no row is ever changed.</summary>
    public bool IsOff => Probability <= 0 || !(IsGeometric || IsPhotometric || Cutout > 0);
}

using ClusterTrain.Numerics.Catalogues;

namespace ClusterTrain.Training.Specs;

/// <summary>Random changes of training pictures, drawn anew for every row of every step. Off by default.</summary>
public sealed record AugmentationSpec
{
    [Option("Share of rows that are changed at all", Min = 0, Max = 1, Unit = "probability")]
    public double Probability { get; init; } = 1;

    [Option("Largest rotation either way, about the picture's middle", Min = 0, Max = 180, UsualMax = 15, Unit = "degrees")]
    public double Rotation { get; init; }

    [Option("Smallest magnification; below 1 the picture shrinks", Min = 0.1, Max = 10, UsualMin = 0.8, UsualMax = 1.2)]
    public double ScaleMin { get; init; } = 1;

    [Option("Largest magnification", Min = 0.1, Max = 10, UsualMin = 0.8, UsualMax = 1.2)]
    public double ScaleMax { get; init; } = 1;

    [Option("Largest shift either way along each axis, fractions included; zeros come in from outside", Min = 0, Max = 4096, Unit = "pixels")]
    public double Shift { get; init; }

    [Option("Largest horizontal shear either way, in pixels to the side for each pixel down", Min = 0, Max = 2, UsualMax = 0.3)]
    public double Shear { get; init; }

    [Option("Zeros put around the picture before a random part of the old size is cut out of it", Min = 0, Max = 4096, Unit = "pixels")]
    public int Crop { get; init; }

    [Option("Exchanges left and right, with probability 1/2")]
    public bool FlipHorizontal { get; init; }

    [Option("Exchanges top and bottom, with probability 1/2")]
    public bool FlipVertical { get; init; }

    [Option("Largest relative change of every value, either way", Min = 0, Max = 1, UsualMax = 0.2)]
    public double Brightness { get; init; }

    [Option("Largest relative change, either way, of every value's distance from the picture's mean", Min = 0, Max = 1, UsualMax = 0.2)]
    public double Contrast { get; init; }

    [Option("Largest relative change, either way, of every colour's distance from its grey; needs data of three channels", Min = 0, Max = 1)]
    public double Saturation { get; init; }

    [Option("Standard deviation of Gaussian noise on every value, before the result is clipped to 0 to 1", Min = 0, Max = 1, UsualMax = 0.3)]
    public double Noise { get; init; }

    [Option("Side of a square of zeros at a random place, over the finished picture (Cutout); usual: 8 to 16", Min = 0, Max = 4096, Unit = "pixels")]
    public int Cutout { get; init; }

    [Option("Share of rows into which a box of the next row of their shard is put, with the target mixed by area (CutMix, alpha 1); apart from probability", Min = 0, Max = 1, Unit = "probability")]
    public double CutMix { get; init; }
}

using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Augmentation;

/// <summary>Changes of a picture's values where they are. Nothing here clips; factor 1 changes no bit.</summary>
public static class Photometry
{
    // Luma of red, green and blue (ITU-R BT.601-7, section 2.5.1).
    private const float Red = 0.299f;
    private const float Green = 0.587f;
    private const float Blue = 0.114f;

    /// <summary>v becomes factor * v.</summary>
    public static void Brightness(Span<float> picture, double factor)
    {
        if (factor == 1) return;
        for (var i = 0; i < picture.Length; i++) picture[i] = (float)(picture[i] * factor);
    }

    /// <summary>v becomes mean + factor * (v - mean), with the mean over all channels.</summary>
    public static void Contrast(Span<float> picture, double factor)
    {
        if (factor == 1) return;
        var sum = 0.0;
        foreach (var value in picture) sum += value;
        var mean = sum / picture.Length;
        for (var i = 0; i < picture.Length; i++) picture[i] = (float)(mean + (factor * (picture[i] - mean)));
    }

    /// <summary>Each colour becomes grey + factor * (colour - grey), with the luma of its pixel as grey.</summary>
    /// <param name="shape">Red, green and blue, [3, height, width].</param>
    /// <param name="picture">Changed in place.</param>
    /// <param name="factor">0 leaves greys alone.</param>
    /// <exception cref="ArgumentException">There are not three channels: grey has no saturation.</exception>
    public static void Saturation(MapShape shape, Span<float> picture, double factor)
    {
        if (factor == 1) return;
        if (shape.Channels != 3)
            throw new ArgumentException($"Saturation wants the three channels of colours; {shape} is given.", nameof(shape));
        var area = shape.Area;
        for (var i = 0; i < area; i++)
        {
            var grey = (Red * picture[i]) + (Green * picture[area + i]) + (Blue * picture[(2 * area) + i]);
            for (var at = i; at < picture.Length; at += area) picture[at] = (float)(grey + (factor * (picture[at] - grey)));
        }
    }

    /// <summary>Into [0, 1].</summary>
    public static void Clip(Span<float> picture)
    {
        for (var i = 0; i < picture.Length; i++) picture[i] = Math.Clamp(picture[i], 0f, 1f);
    }
}

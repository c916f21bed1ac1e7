using ClusterTrain.Runs.Reports.Charts;

namespace ClusterTrain.Runs.Reports.Pictures;

/// <summary>From rows of inputs to pictures.</summary>
internal static class RowPicture
{
    // Okabe-Ito blue and vermillion, apart for any colour vision; nothing changed is a light grey.
    private static readonly (double Red, double Green, double Blue) Darker = (0x00, 0x72, 0xB2);
    private static readonly (double Red, double Green, double Blue) Unchanged = (0xF2, 0xF2, 0xF2);
    private static readonly (double Red, double Green, double Blue) Brighter = (0xD5, 0x5E, 0x00);

    /// <summary>The row as it looks: 0 black, 1 full brightness.</summary>
    public static byte[] Of(ImageShape shape, ReadOnlySpan<float> row)
    {
        var pixels = new byte[row.Length];
        for (var channel = 0; channel < shape.Channels; channel++)
        {
            for (var pixel = 0; pixel < shape.Pixels; pixel++)
                pixels[(pixel * shape.Channels) + channel] = ToByte(255.0 * row[(channel * shape.Pixels) + pixel]);
        }

        return PngImage.Encode(shape.Width, shape.Height, shape.Channels, pixels);
    }

    /// <summary>
    /// What was done to a row: of grey pictures blue where it became darker and orange where brighter, of colour
    /// pictures each channel's change around middle grey. Full colour is a change of 1 / <paramref name="factor"/>.
    /// </summary>
    public static byte[] OfChange(ImageShape shape, ReadOnlySpan<float> clean, ReadOnlySpan<float> changed, double factor)
    {
        var pixels = new byte[shape.Pixels * 3];
        for (var pixel = 0; pixel < shape.Pixels; pixel++)
        {
            var target = pixels.AsSpan(pixel * 3, 3);
            if (shape.Channels == 1)
                Diverge(Change(clean, changed, pixel, factor), target);
            else
                for (var channel = 0; channel < 3; channel++)
                    target[channel] = ToByte(127.5 * (1 + Change(clean, changed, (channel * shape.Pixels) + pixel, factor)));
        }

        return PngImage.Encode(shape.Width, shape.Height, 3, pixels);
    }

    /// <summary>The amplification common to all samples: the largest nice one at which no change saturates.</summary>
    public static double Factor(IEnumerable<AdversarialSample> samples)
    {
        const double rounding = 1.001; // 0.1f is a little more than 0.1
        var largest = 0.0;
        foreach (var sample in samples)
        {
            for (var i = 0; i < sample.Clean.Length; i++)
                largest = Math.Max(largest, Math.Abs((double)sample.Adversarial.Span[i] - sample.Clean.Span[i]));
        }

        return largest > 0 ? NiceNumbers.Below(rounding / largest) : 1;
    }

    private static double Change(ReadOnlySpan<float> clean, ReadOnlySpan<float> changed, int at, double factor) =>
        Math.Clamp(factor * ((double)changed[at] - clean[at]), -1, 1);

    private static void Diverge(double change, Span<byte> rgb)
    {
        var (end, share) = (change < 0 ? Darker : Brighter, Math.Abs(change));
        rgb[0] = ToByte(Unchanged.Red + (share * (end.Red - Unchanged.Red)));
        rgb[1] = ToByte(Unchanged.Green + (share * (end.Green - Unchanged.Green)));
        rgb[2] = ToByte(Unchanged.Blue + (share * (end.Blue - Unchanged.Blue)));
    }

    private static byte ToByte(double brightness) => (byte)Math.Clamp(Math.Round(brightness), 0, 255);
}

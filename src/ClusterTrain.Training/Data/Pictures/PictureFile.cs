using ClusterTrain.Training.Data.Sources;
using StbImageSharp;

namespace ClusterTrain.Training.Data.Pictures;

/// <summary>A decoded picture.</summary>
/// <param name="Channels">1 for grey, 3 for red, green and blue.</param>
/// <param name="Bytes">[channels, height, width].</param>
internal sealed record Picture(string Path, int Channels, int Height, int Width, byte[] Bytes)
{
    /// <summary>The same as red, green and blue that are alike.</summary>
    public Picture Coloured() => Channels == 3 ? this : this with { Channels = 3, Bytes = [.. Bytes, .. Bytes, .. Bytes] };

    /// <summary>
    /// Resized by area: a new pixel is the mean of what it covers of the old ones, each weighed by the covered part, in whole
    /// numbers and rounded half up. The whole picture is taken, whatever its sides' ratio.
    /// </summary>
    public Picture Resized(int height, int width)
    {
        if ((height, width) == (Height, Width)) return this;
        var resized = new byte[Channels * height * width];
        var area = (long)Height * Width;
        for (var channel = 0; channel < Channels; channel++)
        {
            var map = Bytes.AsSpan(channel * Height * Width, Height * Width);
            for (var row = 0; row < height; row++)
            {
                // In parts of 1 / (old side x new side), old pixel i covers [i * new, (i + 1) * new), new pixel j [j * old, (j + 1) * old).
                var (top, bottom) = ((long)row * Height, (row + 1L) * Height);
                for (var column = 0; column < width; column++)
                {
                    var (left, right, sum) = ((long)column * Width, (column + 1L) * Width, 0L);
                    for (var y = top / height; y * height < bottom; y++)
                    {
                        var tall = Math.Min(bottom, (y + 1) * height) - Math.Max(top, y * height);
                        for (var x = left / width; x * width < right; x++)
                            sum += tall * (Math.Min(right, (x + 1) * width) - Math.Max(left, x * width)) * map[(int)((y * Width) + x)];
                    }

                    resized[(((channel * height) + row) * width) + column] = (byte)(((2 * sum) + area) / (2 * area));
                }
            }
        }

        return this with { Height = height, Width = width, Bytes = resized };
    }
}

/// <summary>Reads PNG and JPEG pictures, by a decoder in managed code whose arithmetic is in whole numbers: the same bits everywhere.</summary>
internal static class PictureFile
{
    /// <exception cref="DataException">No whole PNG or JPEG file, or one that is partly transparent.</exception>
    public static Picture Read(string path) => Decode(path, StoredFile.Whole(path));

    /// <summary>The same from a file's bytes.</summary>
    public static Picture Decode(string path, byte[] file)
    {
        if (PictureContainer.Problem(file) is { } problem) throw new DataException($"{path}: {problem}{StoredFile.Guess(path)}");
        try
        {
            return Planes(path, ImageResult.FromMemory(file, ColorComponents.Default));
        }
        catch (Exception damaged) when (damaged is InvalidOperationException or IndexOutOfRangeException or ArgumentException or OverflowException or NullReferenceException)
        {
            throw new DataException($"{path}: damaged, or of a kind that is not read: {damaged.Message.ReplaceLineEndings(" ")}; save it as a plain PNG");
        }
    }

    private static Picture Planes(string path, ImageResult image)
    {
        var (all, area) = ((int)image.Comp, image.Width * image.Height);
        var channels = all < 3 ? 1 : 3;
        var bytes = new byte[channels * area];
        for (var pixel = 0; pixel < area; pixel++)
        {
            var at = pixel * all;
            if (all is 2 or 4 && image.Data[at + all - 1] != 255)
            {
                throw new DataException(
                    $"{path}: transparent at row {pixel / image.Width}, column {pixel % image.Width}: what is behind it is not known; save it without transparency");
            }

            for (var channel = 0; channel < channels; channel++) bytes[(channel * area) + pixel] = image.Data[at + channel];
        }

        return new Picture(path, channels, image.Height, image.Width, bytes);
    }
}

namespace ClusterTrain.Runs.Reports.Pictures;

/// <summary>How a row of inputs is a picture: channel by channel, row by row.</summary>
/// <param name="Channels">1 (grey) or 3 (RGB).</param>
internal readonly record struct ImageShape(int Channels, int Height, int Width)
{
    /// <summary>The shape of inputs as a picture, or null if they are none that a screen can show.</summary>
    public static ImageShape? Of(IReadOnlyList<int> inputShape) =>
        inputShape is [1 or 3, > 0, > 0] ? new ImageShape(inputShape[0], inputShape[1], inputShape[2]) : null;

    public int Pixels => Height * Width;
}

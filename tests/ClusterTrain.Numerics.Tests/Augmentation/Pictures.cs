using ClusterTrain.Numerics.Networks;
using ClusterTrain.Numerics.Randomness;

namespace ClusterTrain.Numerics.Tests.Augmentation;

internal static class Pictures
{
    /// <summary>Values in [0, 1) without order, [channels, height, width].</summary>
    public static float[] Random(MapShape shape, long seed = 1)
    {
        var picture = new float[shape.Features];
        new RandomStream(seed, RandomPurpose.Glyphs).FillUniform(picture, 0f, 1f);
        return picture;
    }
}

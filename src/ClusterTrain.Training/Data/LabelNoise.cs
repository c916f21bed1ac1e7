using ClusterTrain.Numerics.Randomness;

namespace ClusterTrain.Training.Data;

/// <summary>
/// Training labels replaced at random (Zhang et al. 2017, "Understanding deep learning requires rethinking
/// generalization", section 2). A row's fate depends on the seed and its place in the file alone: it is the same whatever
/// else is chosen to train on, and a larger fraction replaces the same labels and more.
/// </summary>
internal static class LabelNoise
{
    /// <summary>One label a row.</summary>
    /// <param name="rows">Rows of the training file.</param>
    /// <param name="label">The class of a row.</param>
    /// <param name="classes">Number of classes; a drawn label is any of them, the true one included.</param>
    /// <param name="fraction">Probability that a row's label is drawn anew, 0 to 1.</param>
    /// <param name="seed">Seed of the draw.</param>
    public static byte[] Labels(int[] rows, Func<int, byte> label, int classes, double fraction, long seed) =>
        [.. rows.Select(row =>
        {
            var numbers = new RandomStream(seed, RandomPurpose.LabelNoise, step: 0, shard: row);
            return numbers.Uniform(0) < fraction ? (byte)numbers.Integer(1, classes) : label(row);
        })];
}

namespace ClusterTrain.Numerics.Losses;

/// <summary>
/// Difference of logits ratio, -(z_y - max_{i != y} z_i) / (z_pi1 - z_pi3), with pi the classes by descending score (Croce
/// and Hein 2020, eq. 6). Shifting and scaling the scores leave it as it is, so that it climbs where cross-entropy has
/// saturated; above 0 where the row is misclassified. Needs 3 classes.
/// </summary>
public sealed class DlrLoss : ILogitLoss
{
    public static readonly DlrLoss Instance = new();

    /// <summary>Smallest denominator: three equal scores at the top.</summary>
    internal const double Smallest = 1e-12;

    public void Evaluate(
        ReadOnlySpan<float> logits, ReadOnlySpan<byte> labels, int classes, Span<float> losses, Span<float> gradient)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 3);
        Span<int> top = stackalloc int[3];
        gradient.Clear();
        for (var row = 0; row < labels.Length; row++)
        {
            var z = logits.Slice(row * classes, classes);
            var label = labels[row];
            TopScores.Find(z, top);
            var other = top[0] == label ? top[1] : top[0];
            var lead = (double)z[label] - z[other];
            var spread = Math.Max((double)z[top[0]] - z[top[2]], Smallest);
            losses[row] = (float)(-lead / spread);
            if (gradient.IsEmpty) continue;
            var dz = gradient.Slice(row * classes, classes);
            var (ofLead, ofSpread) = (-1 / spread, lead / (spread * spread));
            Add(dz, label, ofLead);
            Add(dz, other, -ofLead);
            Add(dz, top[0], ofSpread);
            Add(dz, top[2], -ofSpread);
        }
    }

    internal static void Add(Span<float> gradient, int index, double value) => gradient[index] = (float)(gradient[index] + value);
}

namespace ClusterTrain.Numerics.Losses;

/// <summary>
/// Targeted difference of logits ratio, -(z_y - z_t) / (z_pi1 - (z_pi3 + z_pi4) / 2), with pi the classes by descending
/// score and t the row's target (Croce and Hein 2020, eq. 7). Needs 4 classes.
/// </summary>
public sealed class TargetedDlrLoss : ILogitLoss
{
    /// <summary>The target of each row, [batch and more].</summary>
    public byte[] Targets { get; set; } = [];

    public void Evaluate(
        ReadOnlySpan<float> logits, ReadOnlySpan<byte> labels, int classes, Span<float> losses, Span<float> gradient)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 4);
        Span<int> top = stackalloc int[4];
        gradient.Clear();
        for (var row = 0; row < labels.Length; row++)
        {
            var z = logits.Slice(row * classes, classes);
            var (label, target) = (labels[row], Targets[row]);
            TopScores.Find(z, top);
            var lead = (double)z[label] - z[target];
            var spread = Math.Max(z[top[0]] - (((double)z[top[2]] + z[top[3]]) / 2), DlrLoss.Smallest);
            losses[row] = (float)(-lead / spread);
            if (gradient.IsEmpty) continue;
            var dz = gradient.Slice(row * classes, classes);
            var (ofLead, ofSpread) = (-1 / spread, lead / (spread * spread));
            DlrLoss.Add(dz, label, ofLead);
            DlrLoss.Add(dz, target, -ofLead);
            DlrLoss.Add(dz, top[0], ofSpread);
            DlrLoss.Add(dz, top[2], -ofSpread / 2);
            DlrLoss.Add(dz, top[3], -ofSpread / 2);
        }
    }
}

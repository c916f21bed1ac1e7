using ClusterTrain.Runs.Reports.Pages;
using ClusterTrain.Runs.Reports.Pictures;
using ClusterTrain.Studies.Variance.Arms;

namespace ClusterTrain.Studies.Variance.Report;

/// <summary>The matrix G of an arm: dark where two members' errors have much in common.</summary>
internal static class MatrixPicture
{
    // Light to dark in one hue: the order is that of brightness, in print and for any colour vision.
    private static readonly double[][] Ramp = [[0xF7, 0xFB, 0xFF], [0x00, 0x72, 0xB2], [0x00, 0x26, 0x3D]];

    public static Html Of(ArmResult arm)
    {
        var n = arm.G.Count;
        var entries = arm.G.SelectMany(row => row).ToList();
        var (low, high) = (entries.Min(), entries.Max());
        var pixels = new byte[n * n * 3];
        for (var i = 0; i < entries.Count; i++) Color(high > low ? (entries[i] - low) / (high - low) : 0, pixels.AsSpan(3 * i, 3));
        var off = arm.Moments!.OffDiagonal;
        return Html.Of($"""
            <figure><img src="{PngImage.DataUri(PngImage.Encode(n, n, 3, pixels))}" width="{n}" height="{n}" alt="Matrix G of arm {arm.Id}, {n} by {n} members, from {Verdict.Plain(low)} to {Verdict.Plain(high)}"/>
            <div class="ramp"></div><div class="ends"><span>{Verdict.Plain(low)}</span><span>{Verdict.Plain(high)}</span></div>
            <figcaption><b>{arm.Id}</b>, {n} members; off the diagonal, within a set: {Verdict.Plain(off.Least)} to {Verdict.Plain(off.Largest)}</figcaption></figure>
            """);
    }

    private static void Color(double share, Span<byte> rgb)
    {
        var at = Math.Clamp(share, 0, 1) * (Ramp.Length - 1);
        var from = Math.Min((int)at, Ramp.Length - 2);
        for (var channel = 0; channel < 3; channel++)
            rgb[channel] = (byte)Math.Round(Ramp[from][channel] + ((at - from) * (Ramp[from + 1][channel] - Ramp[from][channel])));
    }
}

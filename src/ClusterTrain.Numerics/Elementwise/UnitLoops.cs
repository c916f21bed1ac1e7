using System.Numerics;
using System.Runtime.InteropServices;

namespace ClusterTrain.Numerics.Elementwise;

/// <summary>
/// Elementwise passes with numbers of each unit. Every element is rounded alike at any vector width: multiplications and
/// additions stay apart, never fused.
/// </summary>
internal static class UnitLoops
{
    /// <summary>y = factor (x - centre) + shift. x, y [batch, units, area] may be the same memory; the others [units].</summary>
    public static void Affine(
        ReadOnlySpan<float> x, ReadOnlySpan<float> centre, ReadOnlySpan<float> factor, ReadOnlySpan<float> shift, Span<float> y, int area)
    {
        for (var at = 0; at < x.Length; at += factor.Length * area)
        {
            for (var unit = 0; unit < factor.Length; unit++)
            {
                var (c, f, b) = (centre[unit], factor[unit], shift[unit]);
                var from = x.Slice(at + (unit * area), area);
                var to = y.Slice(at + (unit * area), area);
                var froms = MemoryMarshal.Cast<float, Vector<float>>(from);
                var tos = MemoryMarshal.Cast<float, Vector<float>>(to);
                var (cs, fs, bs) = (new Vector<float>(c), new Vector<float>(f), new Vector<float>(b));
                for (var i = 0; i < tos.Length; i++) tos[i] = (fs * (froms[i] - cs)) + bs;
                for (var i = tos.Length * Vector<float>.Count; i < to.Length; i++) to[i] = (f * (from[i] - c)) + b;
            }
        }
    }

    /// <summary>dx = factor dy. As above.</summary>
    public static void Scale(ReadOnlySpan<float> dy, ReadOnlySpan<float> factor, Span<float> dx, int area)
    {
        for (var at = 0; at < dy.Length; at += factor.Length * area)
        {
            for (var unit = 0; unit < factor.Length; unit++)
            {
                var from = dy.Slice(at + (unit * area), area);
                var to = dx.Slice(at + (unit * area), area);
                var froms = MemoryMarshal.Cast<float, Vector<float>>(from);
                var tos = MemoryMarshal.Cast<float, Vector<float>>(to);
                var fs = new Vector<float>(factor[unit]);
                for (var i = 0; i < tos.Length; i++) tos[i] = fs * froms[i];
                for (var i = tos.Length * Vector<float>.Count; i < to.Length; i++) to[i] = factor[unit] * from[i];
            }
        }
    }

    /// <summary>dx = factor (dy - mean - (x - centre) slope) of one unit's run; all [n], dx may be dy.</summary>
    public static void Centred(
        ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dx, float centre, float mean, float slope, float factor)
    {
        var xs = MemoryMarshal.Cast<float, Vector<float>>(x);
        var dys = MemoryMarshal.Cast<float, Vector<float>>(dy);
        var dxs = MemoryMarshal.Cast<float, Vector<float>>(dx);
        var (cs, ms, ss, fs) = (new Vector<float>(centre), new Vector<float>(mean), new Vector<float>(slope), new Vector<float>(factor));
        for (var i = 0; i < dxs.Length; i++) dxs[i] = fs * (dys[i] - ms - ((xs[i] - cs) * ss));
        for (var i = dxs.Length * Vector<float>.Count; i < dx.Length; i++)
            dx[i] = factor * (dy[i] - mean - ((x[i] - centre) * slope));
    }

    /// <summary>z = max(z, 0) in place; NaN stays NaN.</summary>
    public static void Relu(Span<float> z)
    {
        var zs = MemoryMarshal.Cast<float, Vector<float>>(z);
        foreach (ref var value in zs)
        {
            // Keeps what is above 0, and what does not equal itself.
            var keeps = Vector.GreaterThan(value, Vector<float>.Zero) | Vector.OnesComplement(Vector.Equals(value, value));
            value = Vector.ConditionalSelect(keeps, value, Vector<float>.Zero);
        }

        foreach (ref var value in z[(zs.Length * Vector<float>.Count)..]) value = value > 0 || float.IsNaN(value) ? value : 0f;
    }
}

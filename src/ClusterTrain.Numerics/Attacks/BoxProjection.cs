using ClusterTrain.Numerics.Networks;

namespace ClusterTrain.Numerics.Attacks;

/// <summary>
/// The shortest move from a point of the inputs' range, a box, to the plane {point + m : gradient . m = -value} within the box (Croce and
/// Hein 2020, FAB, section 2.1); where the plane misses the box, the move that comes nearest to it. Nothing of it depends on the
/// scale of value and gradient together.
/// </summary>
/// <remarks>
/// With v the direction towards the plane, each input moves by min(t s_i, room_i) the way of v_i, with s_i = 1 under linf and
/// |v_i| under L2, for the one t at which v . m reaches |value|. That sum is concave and made of straight pieces in t, so that
/// Newton's method from t = 0 comes from below and ends after a few pieces.
/// </remarks>
internal static class BoxProjection
{
    private const int MostPieces = 200;

    /// <summary>Writes the move and returns its length in the norm.</summary>
    /// <param name="norm">What is shortest.</param>
    /// <param name="range">The box.</param>
    /// <param name="point">[features].</param>
    /// <param name="gradient">[features].</param>
    /// <param name="value">How far the function is above 0 at the point.</param>
    /// <param name="move">[features], written.</param>
    public static double Move(
        AttackNorm norm, InputRange range, ReadOnlySpan<float> point, ReadOnlySpan<float> gradient, double value, Span<double> move)
    {
        var towards = value > 0 ? -1.0 : 1.0;
        var at = Reach(norm, range, point, gradient, towards, Math.Abs(value));
        var (squares, largest) = (0.0, 0.0);
        for (var i = 0; i < move.Length; i++)
        {
            var slope = towards * gradient[i];
            var length = slope == 0 ? 0 : Math.Min(at * Speed(norm, Math.Abs(slope)), Room(range, i, point[i], slope));
            squares += length * length;
            largest = Math.Max(largest, length);
            move[i] = slope < 0 ? -length : length;
        }

        return norm == AttackNorm.Linf ? largest : Math.Sqrt(squares);
    }

    private static double Reach(
        AttackNorm norm, InputRange range, ReadOnlySpan<float> point, ReadOnlySpan<float> gradient, double towards, double wanted)
    {
        var at = 0.0;
        for (var piece = 0; piece < MostPieces; piece++)
        {
            var (reached, growth) = (0.0, 0.0);
            for (var i = 0; i < point.Length; i++)
            {
                var slope = towards * gradient[i];
                var (steep, room) = (Math.Abs(slope), Room(range, i, point[i], slope));
                var speed = Speed(norm, steep);
                var isFree = at * speed < room;
                reached += steep * (isFree ? at * speed : room);
                growth += isFree ? steep * speed : 0;
            }

            if (!(growth > 0)) return at;
            var next = at + ((wanted - reached) / growth);
            if (!(next > at)) return at;
            at = next;
        }

        return at;
    }

    private static double Speed(AttackNorm norm, double steep) => norm == AttackNorm.Linf ? 1 : steep;

    private static double Room(InputRange range, int input, float value, double slope) =>
        Math.Max(0, slope > 0 ? (double)range.High(input) - value : (double)value - range.Low(input));
}
